import { type Attempt, type Change, child, logOf, powershell, powershellArgs } from './call.ts';
import { packagePath } from './places.ts';
import { endOfRequest, fullLog, logWithoutValues, type SecretProperty } from './secrets.ts';
import type { Properties, Steps } from './step.ts';

/** T10: Windows Installer itself neither restarts the server nor closes applications. */
const quietProperties: Properties = { REBOOT: 'ReallySuppress', MSIRESTARTMANAGERCONTROL: 'Disable', ALLUSERS: '1' };

type Install = Pick<Steps['connector.install'], 'msi' | 'properties' | 'secrets'>;

/** The call that installs a package: msiexec, or where it needs a secret, the script that reads it. */
export function installCall({ msi, properties, secrets = [] }: Install, attempt: Attempt): Change {
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

/** A quiet call of msiexec with its verb. */
export function msiexec(
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
export const reinstall: Properties = { REINSTALL: 'ALL', REINSTALLMODE: 'vomus' };

/**
 * A suspended installation is taken back before the next one begins; a user is asked (1704, MS-msi: Windows Installer Error
 * Messages). That a quiet one answers yes by itself is an assumption, so it is looked at afterwards. `/fp` lays down files that are
 * missing and changes nothing else (MS-msi: command-line options).
 */
export function settle(by: NonNullable<Steps['installer.settle']['by']>, attempt: Attempt): Change {
  const target = 'msi' in by ? packagePath(attempt.places, by.msi) : by.productCode;
  return msiexec('msiexec', ['/fp', target], {}, attempt);
}
