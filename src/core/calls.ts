import type { CodeTable } from './codes.ts';
import type { CertificateBinding, Site } from './facts.ts';
import { type Places, packagePath } from './places.ts';

import { endOfRequest, fullLog, logWithoutValues, type SecretProperty } from './secrets.ts';
import { iisApplication } from './site-gaps.ts';

import type { BundleRef, Properties, Step, StepKind, Steps } from './step.ts';

/** One argument: a word, or a public property of msiexec, which is quoted by other rules. */
export type Arg = string | { readonly property: string; readonly value: string };

/** One line that a child reads; a secret is named only, and the machine puts its value in (T14). */
export type InputLine = Arg | { readonly property: string; readonly secret: true };

/** One command line of a child as data. `plan` prints it and `perform` executes the same one. */
export type Call<I extends 'read' | 'change' = 'read' | 'change'> = {
  readonly intent: I;
  readonly tool: CodeTable;
  /** Absolute, or beginning with `%SystemRoot%\`, which the machine puts in. Never looked up on PATH. */
  readonly file: string;
  readonly args: readonly Arg[];
  readonly timeoutMs: number;
  /** msiexec does not read its command line by the rules of the C runtime. */
  readonly quoting: 'argv' | 'msiexec';
  /** The log the tool itself writes; its folder is made beforehand (1622). */
  readonly log: string | null;
  /** What it reads on its standard input; nothing where this is absent. */
  readonly input?: readonly InputLine[];
};

/** How a child ended. `code` is its exit code, null if it is not known to have ended. */
export type CallResult = { readonly code: number | null; readonly timedOut: boolean; readonly output: string };

/** Time limits of the tools, in minutes. */
export type Limits = Readonly<Record<'dism' | 'hosting' | 'msiexec' | 'appcmd' | 'netsh' | 'powershell', number>>;

export const defaultLimits: Limits = { dism: 60, hosting: 30, msiexec: 30, appcmd: 2, netsh: 2, powershell: 10 };

/** Where the calls of one attempt find their packages and write their logs. */
export type Attempt = { readonly places: Places; readonly label: string; readonly limits: Limits };

type Change = Call<'change'>;
type Builder<K extends StepKind> = (step: Steps[K], attempt: Attempt) => readonly Change[];

const builders: { readonly [K in StepKind]: Builder<K> } = {
  'iis.enable': enableFeatures,
  'hosting.install': ({ bundle }, attempt) => [hostingCall('/install', bundle, attempt)],
  'hosting.repair': ({ bundle }, attempt) => [hostingCall('/repair', bundle, attempt)],
  'iis.restart': (_step, attempt) => [scriptCall('Restart-Iis.ps1', [], attempt)],
  'pool.stop': ({ pool }, attempt) => [appcmd(['stop', 'apppool', `/apppool.name:${pool}`], attempt)],
  'pool.start': ({ pool }, attempt) => [appcmd(['start', 'apppool', `/apppool.name:${pool}`], attempt)],
  'config.backup': () => [],
  'config.restore': () => [],
  'shared.prove': () => [],
  'shared.restore': () => [],
  'connector.install': (step, attempt) => [installCall(step, attempt)],
  'connector.upgrade': (step, attempt) => [installCall(step, attempt)],
  'connector.repair': (step, attempt) => [
    installCall({ ...step, properties: { ...step.properties, ...reinstall } }, attempt),
  ],
  // Which pool that is shows only when the connector is there.
  'connector.serve': () => [],
  'connector.uninstall': ({ productCode, msi }, attempt) => [
    msiexec('msiexec /x', ['/x', msi ? packagePath(attempt.places, msi) : productCode], {}, attempt),
  ],
  'connector.unchanged': () => [],
  'installer.settle': ({ by }, attempt) => (by ? [settle(by, attempt)] : []),
  'folder.clear': () => [],
  'folder.present': () => [],
  'site.present': putSite,
  'site.absent': ({ site, certificates }, attempt) => [
    removeSite(site, attempt),
    ...certificates.flatMap((one) => bindCertificate(one, attempt)),
  ],
  'pool.present': ({ pool, identity }, attempt) => putPool(pool, identity).map((args) => appcmd(args, attempt)),
  'pool.absent': ({ pool }, attempt) => [appcmd(['delete', 'apppool', `/apppool.name:${pool}`], attempt)],
};

/** The command lines that bring a step's state about, in order; none for a step that works on files alone. */
export function callsOf<K extends StepKind>(step: Step<K>, attempt: Attempt): readonly Change[] {
  const build: Builder<K> = builders[step.kind as K];
  return build(step as unknown as Steps[K], attempt);
}

/** A call as one line for people; it is not meant to be parsed. */
export function printedCall(call: Call): string {
  const words = call.args.map((arg) =>
    typeof arg === 'string' ? quoted(arg) : `${arg.property}=${quoted(arg.value)}`,
  );
  return [
    quoted(call.file),
    ...words,
    ...(call.input ? [`(reads: ${call.input.map(printedLine).join(' ')})`] : []),
  ].join(' ');
}

function printedLine(line: InputLine): string {
  if (typeof line === 'string') return quoted(line);
  return `${line.property}=${'value' in line ? quoted(line.value) : '(secret)'}`;
}

function quoted(word: string): string {
  return /[\s"]/.test(word) || word === '' ? `"${word.replaceAll('"', '""')}"` : word;
}

function enableFeatures({ features }: Steps['iis.enable'], attempt: Attempt): Change[] {
  const log = logOf(attempt);
  const names = features.map((name) => `/FeatureName:${name}`);
  const args = ['/Online', '/English', '/NoRestart', '/Quiet', `/LogPath:${log}`, '/Enable-Feature', '/All', ...names];
  return [child('dism', '%SystemRoot%\\System32\\dism.exe', args, attempt, log)];
}

/** Every option is given: a value kept from an earlier bundle, OPT_NO_ANCM above all, would else be reused in silence. */
const bundleOptions = ['OPT_NO_ANCM=0', 'OPT_NO_RUNTIME=0', 'OPT_NO_SHAREDFX=0', 'OPT_NO_X86=0'];

function hostingCall(verb: '/install' | '/repair', bundle: BundleRef, attempt: Attempt): Change {
  const log = logOf(attempt);
  const args = [verb, '/quiet', '/norestart', '/log', log, ...bundleOptions];
  return child('hosting', packagePath(attempt.places, bundle), args, attempt, log);
}

/** T10: Windows Installer itself neither restarts the server nor closes applications. */
const quietProperties: Properties = { REBOOT: 'ReallySuppress', MSIRESTARTMANAGERCONTROL: 'Disable', ALLUSERS: '1' };

type Install = Pick<Steps['connector.install'], 'msi' | 'properties' | 'secrets'>;

function installCall({ msi, properties, secrets = [] }: Install, attempt: Attempt): Change {
  const path = packagePath(attempt.places, msi);
  if (secrets.length > 0) return secretInstall(path, properties, secrets, attempt);
  return msiexec('msiexec', ['/i', path], properties, attempt);
}

/** No secret stands in a command line (T14): all properties come by standard input, to the functions msiexec itself calls. */
function secretInstall(
  path: string,
  properties: Properties,
  secrets: readonly SecretProperty[],
  attempt: Attempt,
): Change {
  const log = logOf(attempt);
  const letters = secrets.every((one) => one.hidden) ? fullLog : logWithoutValues;
  const given = Object.entries({ ...properties, ...quietProperties }).map(([property, value]) => ({ property, value }));
  const named = secrets.map(({ name }) => ({ property: name, secret: true }) as const);
  const args = [...powershellArgs, `${attempt.places.scripts}\\Install-ScimPackage.ps1`];
  const input = [path, log, letters, `${secrets.length}`, ...named, ...given, endOfRequest];
  return { ...child('msiexec', powershell, args, attempt, log), input };
}

function msiexec(
  table: 'msiexec' | 'msiexec /x',
  verb: readonly string[],
  properties: Properties,
  attempt: Attempt,
): Change {
  const log = logOf(attempt);
  const given = Object.entries({ ...properties, ...quietProperties }).map(([property, value]) => ({ property, value }));
  const args = [...verb, '/qn', '/norestart', '/l*v', log, ...given];
  return { ...child(table, '%SystemRoot%\\System32\\msiexec.exe', args, attempt, log), quoting: 'msiexec' };
}

/**
 * Reinstalls every feature from the package given, lays down what is missing or older, and caches that package anew (MS-msi:
 * REINSTALLMODE; Applying Small Updates by Reinstalling the Product).
 */
const reinstall: Properties = { REINSTALL: 'ALL', REINSTALLMODE: 'vomus' };

/**
 * A suspended installation is taken back before the next one begins; a user is asked (1704, MS-msi: Windows Installer Error
 * Messages). That a quiet one answers yes by itself is an assumption, so it is looked at afterwards. `/fp` lays down files that are
 * missing and changes nothing else (MS-msi: command-line options).
 */
function settle(by: NonNullable<Steps['installer.settle']['by']>, attempt: Attempt): Change {
  const target = 'msi' in by ? packagePath(attempt.places, by.msi) : by.productCode;
  return msiexec('msiexec', ['/fp', target], {}, attempt);
}

function scriptCall(script: string, args: readonly string[], attempt: Attempt): Change {
  return child(
    'powershell',
    powershell,
    [...powershellArgs, `${attempt.places.scripts}\\${script}`, ...args],
    attempt,
    null,
  );
}

export const powershell = '%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

/** `-File`, because `-EncodedCommand` holds only some 12,000 characters (T19). */
export const powershellArgs = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];

function putSite(step: Steps['site.present'], attempt: Attempt): Change[] {
  return [...putIisObjects(step, attempt), ...step.certificates.flatMap((one) => bindCertificate(one, attempt))];
}

/** The call that removes a site, or an application under one. */
export function removeSite(site: Pick<Site, 'name' | 'application'>, attempt: Attempt): Change {
  const args =
    site.application === '/'
      ? ['delete', 'site', `/site.name:${site.name}`]
      : ['delete', 'app', `/app.name:${site.name}${site.application}`];
  return appcmd(args, attempt);
}

function putPool(pool: string, identity: string): string[][] {
  return [
    ['add', 'apppool', `/name:${pool}`],
    // The password of a SpecificUser is gone with the old pool; the other identities need none.
    ...(identity.startsWith('SpecificUser')
      ? []
      : [['set', 'apppool', `/apppool.name:${pool}`, `/processModel.identityType:${identity}`]]),
  ];
}

/** The calls that bind a certificate to an address and port, or to a host name and port, for whom it was bound before. */
export function bindCertificate(one: CertificateBinding, attempt: Attempt): Change[] {
  const { endpoint, thumbprint, store, appId } = one;
  const what = [`certhash=${thumbprint.toLowerCase()}`, `appid=${appId ?? iisApplication}`, `certstorename=${store}`];
  return [
    unbindCertificate(one, attempt),
    child('netsh', netsh, ['http', 'add', 'sslcert', placeOf(endpoint), ...what], attempt, null),
  ];
}

/** The call that takes what is bound to an address and port, or to a host name and port, from there. */
export function unbindCertificate({ endpoint }: Pick<CertificateBinding, 'endpoint'>, attempt: Attempt): Change {
  return child('netsh delete', netsh, ['http', 'delete', 'sslcert', placeOf(endpoint)], attempt, null);
}

const netsh = '%SystemRoot%\\System32\\netsh.exe';

function placeOf(endpoint: string): string {
  const isAddress = /^(\[[0-9a-f:.%]+\]|[0-9.]+):\d+$/i.test(endpoint);
  return `${isAddress ? 'ipport' : 'hostnameport'}=${endpoint}`;
}

function putIisObjects({ site, identity }: Steps['site.present'], attempt: Attempt): Change[] {
  const name = `/site.name:${site.name}`;
  const isOwn = site.application === '/';
  const bindings = `/bindings:${site.bindings.join(',')}`;
  const app = `/app.name:${site.name}${site.application}`;
  return [
    ...putPool(site.pool, identity),
    isOwn
      ? ['add', 'site', `/name:${site.name}`, `/physicalPath:${site.folder}`, bindings]
      : ['add', 'app', name, `/path:${site.application}`, `/physicalPath:${site.folder}`],
    ['set', 'app', app, `/applicationPool:${site.pool}`],
    ['set', 'vdir', `/vdir.name:${rootOf(site)}`, `/physicalPath:${site.folder}`],
    ...(isOwn
      ? [
          ['set', 'site', name, bindings],
          [site.state === 'started' ? 'start' : 'stop', 'site', name],
        ]
      : []),
  ].map((args) => appcmd(args, attempt));
}

/** The name of an application's root folder: `Site/` or `Site/application/`. */
function rootOf({ name, application }: Site): string {
  return `${name}${application === '/' ? '' : application}/`;
}

function appcmd(args: readonly string[], attempt: Attempt): Change {
  return child('appcmd', '%SystemRoot%\\System32\\inetsrv\\appcmd.exe', args, attempt, null);
}

function child(
  tool: keyof typeof limitNames,
  file: string,
  args: readonly Arg[],
  attempt: Attempt,
  log: string | null,
): Change {
  const limit = attempt.limits[limitNames[tool]];
  return { intent: 'change', tool, file, args, timeoutMs: limit * 60_000, quoting: 'argv', log };
}

const limitNames = {
  dism: 'dism',
  hosting: 'hosting',
  msiexec: 'msiexec',
  'msiexec /x': 'msiexec',
  appcmd: 'appcmd',
  netsh: 'netsh',
  'netsh delete': 'netsh',
  powershell: 'powershell',
} as const satisfies Partial<Record<CodeTable, keyof Limits>>;

function logOf({ places, label }: Attempt): string {
  return `${places.logs}\\${label}.log`;
}
