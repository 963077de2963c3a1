import type { FileState } from './backup.ts';
import { type Attempt, type Change, child, logOf, powershell, powershellArgs } from './call.ts';
import { installCall, msiexec, reinstall, settle } from './msi-calls.ts';
import { packagePath } from './places.ts';
import { appcmd, bindCertificate, putPool, putSite, removeSite } from './site-calls.ts';
import type { BundleRef, Step, StepKind, Steps } from './step.ts';

type Builder<K extends StepKind> = (step: Steps[K], attempt: Attempt) => readonly Change[];

const builders: { readonly [K in StepKind]: Builder<K> } = {
  'iis.enable': enableFeatures,
  'hosting.install': ({ bundle }, attempt) => [hostingCall('/install', bundle, attempt)],
  'hosting.repair': ({ bundle }, attempt) => [hostingCall('/repair', bundle, attempt)],
  // Where W3SVC was found stopped, after a restart that was cut for one, the connector would not be served (T17).
  'iis.restart': (_step, attempt) => [scriptCall('Restart-Iis.ps1', [], attempt)],
  'pool.stop': ({ pool }, attempt) => [appcmd(['stop', 'apppool', `/apppool.name:${pool}`], attempt)],
  'pool.start': ({ pool }, attempt) => [appcmd(['start', 'apppool', `/apppool.name:${pool}`], attempt)],
  'config.backup': () => [],
  'config.restore': () => [],
  'shared.prove': () => [],
  'shared.restore': () => [],
  'connector.install': (step, attempt) => [installCall(step, attempt)],
  'connector.upgrade': (step, attempt) => [installCall(step, attempt)],
  'connector.recache': ({ msi }, attempt) => [installCall({ msi, properties: reinstall }, attempt)],
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
  'site.absent': ({ site }, attempt) => [removeSite(site, attempt)],
  'certificates.present': ({ certificates }, attempt) => certificates.flatMap((one) => bindCertificate(one, attempt)),
  'pool.present': ({ pool, identity, exact }, attempt) =>
    exact ? [] : putPool(pool, identity).map((args) => appcmd(args, attempt)),
  'pool.absent': ({ pool }, attempt) => [appcmd(['delete', 'apppool', `/apppool.name:${pool}`], attempt)],
};

/** The command lines that bring a step's state about, in order; none for a step that works on files alone. */
export function callsOf<K extends StepKind>(step: Step<K>, attempt: Attempt): readonly Change[] {
  const build: Builder<K> = builders[step.kind as K];
  return build(step as unknown as Steps[K], attempt);
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

/** The call that gives a file or folder the rights of a security descriptor. */
export function setRights(path: string, sddl: string, attempt: Scripted): Change {
  return scriptCall('Set-ScimFile.ps1', ['-Path', path, '-Sddl', sddl], attempt);
}

/** The call that gives a file rights, times and attributes. */
export function setState(path: string, state: FileState, attempt: Scripted): Change {
  const { sddl, createdAt, changedAt, attributes } = state;
  const times = createdAt && changedAt ? ['-Created', createdAt, '-Changed', changedAt] : [];
  const kinds = attributes.length > 0 ? ['-Attributes', attributes.join(',')] : [];
  return scriptCall('Set-ScimFile.ps1', ['-Path', path, '-Sddl', sddl, ...times, ...kinds], attempt);
}

/** What the call of one of the program's own scripts needs of an attempt. */
type Scripted = Pick<Attempt, 'limits'> & { readonly places: Pick<Attempt['places'], 'scripts'> };

function scriptCall(script: string, args: readonly string[], attempt: Scripted): Change {
  return child(
    'powershell',
    powershell,
    [...powershellArgs, `${attempt.places.scripts}\\${script}`, ...args],
    attempt,
    null,
  );
}
