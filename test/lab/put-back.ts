// Runs inside Wine, by Windows Node: backs up, makes site, pool and certificate anew as a setup would, and puts them back, each
// through the doors to a real server. Prints how each of these went.
import { defaultLimits } from '../../src/core/call.ts';
import { holds } from '../../src/core/missing.ts';
import { placesOf } from '../../src/core/places.ts';
import { appcmd, unbindCertificate } from '../../src/core/site-calls.ts';
import type { Step } from '../../src/core/step.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { windowsMachine } from '../../src/machine/windows.ts';
import type { Doing } from '../../src/steps/doing.ts';
import { perform } from '../../src/steps/perform.ts';

const machine = windowsMachine(() => async () => ({ problem: 'nobody asks for it' }));
const places = placesOf('run', 'backup', machine.scripts);
const look = () => machine.look({ upgradeCodes: [], backup: places.backup, packages: places.packages });
const doing: Doing = {
  machine,
  places,
  look,
  label: 'step',
  limits: defaultLimits,
  change: (call) => machine.change(call),
  fingerprint: sha256Of,
  isBack: false,
  tell: () => undefined,
  isStopped: () => false,
};

const { iis } = await look();
const web = iis.known ? iis.value : null;
const site = web?.sites.find((one) => one.name === 'SCIMConnector');
const pool = web?.pools.find((one) => one.name === site?.pool);
if (!web?.hostConfig || !site || !pool)
  throw new Error(`no site that could be put back: ${JSON.stringify([web?.hostConfig, site, pool])}`);
const { element: _element, ...named } = site;
const { certificates } = web;

const backup: Step = { kind: 'config.backup', files: [], packages: [], host: { path: web.hostConfig.path } };
const present: Step = { kind: 'site.present', site: named, identity: pool.identity, beside: [], exact: true };
const bound: Step = { kind: 'certificates.present', certificates, bound: certificates.map((one) => one.endpoint) };

const kept = await perform(backup, doing);
for (const words of [
  ['delete', 'site', `/site.name:${site.name}`],
  ['delete', 'apppool', `/apppool.name:${pool.name}`],
  ['add', 'apppool', `/name:${pool.name}`],
])
  await machine.change(appcmd(words, doing));
for (const one of certificates) await machine.change(unbindCertificate(one, doing));
const lost = await look();
const put = [await perform(present, doing), await perform(bound, doing)];
const now = await look();
await machine.close();
process.stdout.write(
  JSON.stringify({
    kept: kept.ok,
    wasLost: !holds(present, lost) && !holds(bound, lost),
    put: put.map((one) => one.meaning),
    isBack: [backup, present, bound].map((step) => holds(step, now)),
    certificates: certificates.length,
  }),
);
