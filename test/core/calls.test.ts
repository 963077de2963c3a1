import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualPolicy } from '../../src/core/binding-policy.ts';
import { type Call, defaultLimits, printedCall } from '../../src/core/call.ts';
import { callsOf } from '../../src/core/calls.ts';
import { eventCall } from '../../src/core/event-log.ts';
import { refOf } from '../../src/core/media.ts';
import { restartCall } from '../../src/core/restart.ts';
import { removeCall } from '../../src/core/startup-task.ts';
import type { Step, StepKind } from '../../src/core/step.ts';
import { backup, installNew, removeOld, start, stop, upgrade } from './entries.ts';
import { bundle, codeOf, folder, hash, msi, places, site } from './server-facts.ts';

const attempt = { places, label: '3-connector.upgrade-first', limits: defaultLimits };
const log = `${places.logs}\\3-connector.upgrade-first.log`;
const given = { INSTALLDIR: 'C:\\Program Files\\SCIM', SITENAME: '' };
const withProperties = (step: Step): Step =>
  step.kind === 'connector.upgrade' || step.kind === 'connector.install' ? { ...step, properties: given } : step;
const under = { ...site, name: 'Default Web Site', application: '/SCIM' };

const system32 = '%SystemRoot%\\System32\\';
const appcmd = `${system32}inetsrv\\appcmd.exe`;
const quiet = `/qn /norestart /l*v ${log}`;
const always = 'REBOOT=ReallySuppress MSIRESTARTMANAGERCONTROL=Disable ALLUSERS=1';
const package44 = `${places.packages}\\${hash('4.4.4')}\\SCIMConnector-4.4.4.msi`;
const bundleExe = `${places.packages}\\${hash('bundle')}\\${bundle.name}`;
const options = 'OPT_NO_ANCM=0 OPT_NO_RUNTIME=0 OPT_NO_SHAREDFX=0 OPT_NO_X86=0';
const powershell = `${system32}WindowsPowerShell\\v1.0\\powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File`;

/** Each step with its command lines, as words between single spaces. */
const table: { readonly [K in StepKind]: readonly (readonly [Step<K>, readonly string[]])[] } = {
  'iis.enable': [
    [
      { kind: 'iis.enable', features: ['IIS-A', 'IIS-B'] },
      [
        `${system32}dism.exe /Online /English /NoRestart /Quiet /LogPath:${log} /Enable-Feature /All /FeatureName:IIS-A /FeatureName:IIS-B`,
      ],
    ],
  ],
  'hosting.install': [
    [{ kind: 'hosting.install', bundle }, [`${bundleExe} /install /quiet /norestart /log ${log} ${options}`]],
  ],
  'hosting.repair': [
    [{ kind: 'hosting.repair', bundle }, [`${bundleExe} /repair /quiet /norestart /log ${log} ${options}`]],
  ],
  'iis.restart': [[{ kind: 'iis.restart' }, [`${powershell} ${places.scripts}\\Restart-Iis.ps1`]]],
  'pool.stop': [[stop as Step<'pool.stop'>, [`${appcmd} stop apppool /apppool.name:ScimPool`]]],
  'pool.start': [[start as Step<'pool.start'>, [`${appcmd} start apppool /apppool.name:ScimPool`]]],
  'config.backup': [[backup as Step<'config.backup'>, []]],
  'config.restore': [[{ kind: 'config.restore', files: [], match: 'exact' }, []]],
  'shared.prove': [[{ kind: 'shared.prove', folder: 'x' }, []]],
  'shared.restore': [[{ kind: 'shared.restore', folder: 'x', files: [], match: 'exact' }, []]],
  'connector.serve': [[{ kind: 'connector.serve', productCode: codeOf('4.4.4') }, []]],
  'connector.install': [
    [installNew as Step<'connector.install'>, [`${system32}msiexec.exe /i ${package44} ${quiet} ${always}`]],
    [
      withProperties(installNew) as Step<'connector.install'>,
      [`${system32}msiexec.exe /i ${package44} ${quiet} INSTALLDIR=C:\\Program Files\\SCIM SITENAME= ${always}`],
    ],
  ],
  'connector.upgrade': [
    [
      { ...(upgrade as Step<'connector.upgrade'>), secrets: [{ name: 'PASSPHRASE', hidden: true }] },
      [`${powershell} ${places.scripts}\\Install-ScimPackage.ps1`],
    ],
    [upgrade as Step<'connector.upgrade'>, [`${system32}msiexec.exe /i ${package44} ${quiet} ${always}`]],
  ],
  'connector.recache': [
    [
      { kind: 'connector.recache', msi: refOf(msi('4.4.4')) },
      [`${system32}msiexec.exe /i ${package44} ${quiet} REINSTALL=ALL REINSTALLMODE=vomus ${always}`],
    ],
  ],
  'connector.repair': [
    [
      { kind: 'connector.repair', msi: refOf(msi('4.4.4')), properties: {} },
      [`${system32}msiexec.exe /i ${package44} ${quiet} REINSTALL=ALL REINSTALLMODE=vomus ${always}`],
    ],
  ],
  'connector.uninstall': [
    [removeOld as Step<'connector.uninstall'>, [`${system32}msiexec.exe /x ${codeOf('4.1.0')} ${quiet} ${always}`]],
    [
      { ...(removeOld as Step<'connector.uninstall'>), msi: refOf(msi('4.4.4')) },
      [`${system32}msiexec.exe /x ${package44} ${quiet} ${always}`],
    ],
  ],
  'connector.unchanged': [[{ kind: 'connector.unchanged', productCodes: [], files: [] }, []]],
  'installer.settle': [
    [
      { kind: 'installer.settle', by: { productCode: codeOf('4.1.0') } },
      [`${system32}msiexec.exe /fp ${codeOf('4.1.0')} ${quiet} ${always}`],
    ],
    [
      { kind: 'installer.settle', by: { msi: refOf(msi('4.4.4')) } },
      [`${system32}msiexec.exe /fp ${package44} ${quiet} ${always}`],
    ],
    [{ kind: 'installer.settle', by: null }, []],
  ],
  'folder.clear': [[{ kind: 'folder.clear', path: folder }, []]],
  'folder.present': [[{ kind: 'folder.present', folder: { path: folder, files: 1, logs: 0 } }, []]],
  'site.absent': [
    [{ kind: 'site.absent', site }, [`${appcmd} delete site /site.name:SCIMConnector`]],
    [{ kind: 'site.absent', site: under }, [`${appcmd} delete app /app.name:Default Web Site/SCIM`]],
  ],
  'certificates.present': [[{ kind: 'certificates.present', certificates: [], bound: [] }, []]],
  'pool.present': [
    [{ kind: 'pool.present', pool: 'ScimPool', identity: 'SpecificUser:CORP\\scim', exact: true }, []],
    [
      { kind: 'pool.present', pool: 'ScimPool', identity: 'LocalSystem' },
      [
        `${appcmd} add apppool /name:ScimPool`,
        `${appcmd} set apppool /apppool.name:ScimPool /processModel.identityType:LocalSystem`,
      ],
    ],
  ],
  'pool.absent': [[{ kind: 'pool.absent', pool: 'ScimPool' }, [`${appcmd} delete apppool /apppool.name:ScimPool`]]],
  'site.present': [
    [
      { kind: 'site.present', site, identity: 'ApplicationPoolIdentity', beside: [], exact: true },
      [`${appcmd} start site /site.name:SCIMConnector`],
    ],
    [{ kind: 'site.present', site: under, identity: 'ApplicationPoolIdentity', beside: [], exact: true }, []],
    [
      { kind: 'site.present', site, identity: 'ApplicationPoolIdentity', beside: [] },
      [
        `${appcmd} add apppool /name:ScimPool`,
        `${appcmd} set apppool /apppool.name:ScimPool /processModel.identityType:ApplicationPoolIdentity`,
        `${appcmd} add site /name:SCIMConnector /physicalPath:${folder} /bindings:https/*:443:,http/*:8080:`,
        `${appcmd} set app /app.name:SCIMConnector/ /applicationPool:ScimPool`,
        `${appcmd} set vdir /vdir.name:SCIMConnector/ /physicalPath:${folder}`,
        `${appcmd} set site /site.name:SCIMConnector /bindings:https/*:443:,http/*:8080:`,
        `${appcmd} start site /site.name:SCIMConnector`,
      ],
    ],
    [
      {
        kind: 'site.present',
        site: under,
        identity: 'SpecificUser:CORP\\scim',
        beside: [],
      },
      [
        `${appcmd} add apppool /name:ScimPool`,
        `${appcmd} add app /site.name:Default Web Site /path:/SCIM /physicalPath:${folder}`,
        `${appcmd} set app /app.name:Default Web Site/SCIM /applicationPool:ScimPool`,
        `${appcmd} set vdir /vdir.name:Default Web Site/SCIM/ /physicalPath:${folder}`,
      ],
    ],
  ],
};

const words = ({ file, args }: Call) =>
  [file, ...args.map((arg) => (typeof arg === 'string' ? arg : `${arg.property}=${arg.value}`))].join(' ');
const rows = Object.values(table).flat() as readonly (readonly [Step, readonly string[]])[];
const all = rows.flatMap(([step]) => callsOf(step, attempt));

for (const [step, lines] of rows) {
  test(`${step.kind} is done by ${lines.length === 0 ? 'no call' : lines[0]?.slice(0, 60)}`, () => {
    assert.deepEqual(callsOf(step, attempt).map(words), lines);
  });
}

test('nothing that is called may restart the server by itself', () => {
  for (const call of all) {
    assert.doesNotMatch(words(call), /forcerestart|promptrestart|REBOOT=F|shutdown/i);
    const isQuiet = /\/norestart/i.test(words(call)) || JSON.stringify(call.input ?? []).includes('"ReallySuppress"');
    if (['msiexec', 'msiexec /x', 'hosting', 'dism'].includes(call.tool)) assert.ok(isQuiet);
  }
});

test('msiexec is told to restart nothing and close nothing, even where the answers say otherwise', () => {
  const properties = { REBOOT: 'Force', MSIRESTARTMANAGERCONTROL: '', ALLUSERS: '' };
  for (const step of [upgrade, installNew]) {
    const [call] = callsOf({ ...step, properties } as Step, attempt);
    assert.ok(call && words(call).endsWith(` ${always}`), call && words(call));
    assert.equal(words(call).match(/REBOOT=/g)?.length, 1);
  }
});

test('every call changes something, by an absolute path, within a time limit, by its own rules of quoting', () => {
  for (const call of all) {
    assert.equal(call.intent, 'change');
    assert.match(call.file, /^(%SystemRoot%\\|C:\\)/);
    assert.ok(call.timeoutMs >= 60_000);
    assert.equal(call.quoting, call.file.endsWith('msiexec.exe') ? 'msiexec' : 'argv');
  }
});

test('a tool that writes a log is told where, and the log bears the name of the attempt', () => {
  for (const call of all) {
    const isLogging = ['msiexec', 'msiexec /x', 'hosting', 'dism'].includes(call.tool);
    assert.equal(call.log, isLogging ? log : null);
    assert.equal(words(call).includes(log) || (call.input ?? []).includes(log), isLogging);
  }
});

test('an uninstallation is judged by the codes of an uninstallation', () => {
  assert.equal(callsOf(removeOld, attempt)[0]?.tool, 'msiexec /x');
  assert.equal(callsOf(installNew, attempt)[0]?.tool, 'msiexec');
});

const someone = '{BA195980-CD49-458B-9E23-C84EE0ADCD75}';
const certificates = [
  { endpoint: '0.0.0.0:443', thumbprint: 'AB12', store: 'MY', appId: null, present: true },
  { endpoint: 'scim.example:443', thumbprint: 'CD34', store: 'WebHosting', appId: someone, present: true },
];
const bound: Step<'certificates.present'> = { kind: 'certificates.present', certificates, bound: [] };

test('certificates are bound again, by address or by name, for whom http.sys had them, or for IIS if for nobody', () => {
  const netsh = `${system32}netsh.exe http`;
  const lines = callsOf(bound, attempt).map(words);
  const application = 'appid={4DC3E181-E14B-4A21-B022-59FC669B0914}';
  assert.deepEqual(lines, [
    `${netsh} delete sslcert ipport=0.0.0.0:443`,
    `${netsh} add sslcert ipport=0.0.0.0:443 certhash=ab12 ${application} certstorename=MY`,
    `${netsh} delete sslcert hostnameport=scim.example:443`,
    `${netsh} add sslcert hostnameport=scim.example:443 certhash=cd34 appid=${someone} certstorename=WebHosting`,
  ]);
});

test('a certificate is bound again with what its binding asks of clients, and with no word that says nothing', () => {
  const policy = { ...usualPolicy, flags: 0x2 | 0x10, certCheckMode: 0x10005, revocationFreshnessTime: 60 };
  const [certificate] = certificates;
  assert.ok(certificate);
  const step: Step = { ...bound, certificates: [{ ...certificate, policy: { ...policy, ctlIdentifier: 'Ours' } }] };
  const line = callsOf(step, attempt).map(words).at(-1) ?? '';
  const told = 'verifyclientcertrevocation=disable usagecheck=disable revocationfreshnesstime=60 sslctlidentifier=Ours';
  assert.ok(line.endsWith(`certstorename=MY ${told} clientcertnegotiation=enable disablehttp2=enable`), line);
});

test('the time limits of the answers are minutes', () => {
  const tools = { dism: 1, hosting: 2, msiexec: 3, appcmd: 4, netsh: 5, powershell: 6 };
  const others = { schtasks: 9, shutdown: 10, eventcreate: 11 };
  const limits = { ...tools, ...others, busy: 7, settle: 8, read: 12 };
  const minutes = Object.fromEntries(
    [...rows.map(([step]) => step), bound]
      .flatMap((step) => callsOf(step, { ...attempt, limits }))
      .map((call) => [call.tool, call.timeoutMs / 60_000]),
  );
  assert.deepEqual(minutes, { ...tools, 'msiexec /x': 3, 'netsh delete': 5 });
  const aside = [
    removeCall(limits),
    restartCall(limits),
    eventCall({ id: 1, level: 'INFORMATION', text: 'x' }, limits),
  ];
  assert.deepEqual(Object.fromEntries(aside.map((call) => [call.tool, call.timeoutMs / 60_000])), others);
});

test('a pool without a password gets back the identity it had', () => {
  for (const identity of ['NetworkService', 'LocalSystem', 'LocalService', 'ApplicationPoolIdentity']) {
    const lines = callsOf({ kind: 'site.present', site, identity, beside: [] }, attempt).map(words);
    assert.ok(
      lines.some((line) => line.endsWith(`/processModel.identityType:${identity}`)),
      identity,
    );
  }
});

test('a site that was found stopped is stopped again', () => {
  const lines = callsOf(
    {
      kind: 'site.present',
      site: { ...site, state: 'stopped' },
      identity: 'LocalSystem',
      beside: [],
    },
    attempt,
  ).map(words);
  assert.equal(lines.at(-1), `${appcmd} stop site /site.name:SCIMConnector`);
});

test('a printed call shows where one word ends, for people', () => {
  const [call] = callsOf(withProperties(installNew), {
    ...attempt,
    places: { ...places, packages: 'C:\\my packages' },
  });
  assert.ok(call);
  assert.match(printedCall(call), /\/i "C:\\my packages\\/);
  assert.match(printedCall(call), /INSTALLDIR="C:\\Program Files\\SCIM" SITENAME="" REBOOT=ReallySuppress/);
});

test('a package with secrets reads them by name only, with the same properties as msiexec gets', () => {
  const [call] = callsOf({ ...withProperties(installNew), secrets: [{ name: 'PIN', hidden: true }] } as Step, attempt);
  const given = [
    ...Object.entries({ INSTALLDIR: 'C:\\Program Files\\SCIM', SITENAME: '' }),
    ...always.split(' ').map((word) => word.split('=')),
  ].map(([property, value]) => ({ property, value }));
  assert.deepEqual(call?.input, [
    package44,
    log,
    'iwearucmopv',
    '1',
    { property: 'PIN', secret: true },
    ...given,
    'end',
  ]);
  assert.match(printedCall(call as Call), /PIN=\(secret\)/);
});

test('the log of a package that does not hide each of its secrets holds no values of properties', () => {
  const secrets = [
    { name: 'PIN', hidden: true },
    { name: 'CODE', hidden: false },
  ];
  const [call] = callsOf({ ...installNew, secrets } as Step, attempt);
  assert.doesNotMatch(String(call?.input?.[2]), /[pvrc]/);
});
