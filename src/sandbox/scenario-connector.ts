import { sddlOf, setSddl } from './rights.ts';
import { appcmd, bring, mustEnd, type Part, temp } from './scenario-parts.ts';
import { elapse, remember, type Server, stored } from './server.ts';
import { tools } from './tools/table.ts';

/** Where a standard installation lies (domain 1.4). */
export const folder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
export const ownPool = 'SCIMConnectorAppPool';

/** What every call of msiexec says after the package or the product code. */
export function msiWords(properties: readonly string[] = []): string[] {
  const all = properties.some((one) => one.startsWith('ALLUSERS=')) ? [] : ['ALLUSERS=1'];
  const always = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', ...all];
  return ['/qn', '/norestart', '/l*v', `${temp}\\msi.log`, ...properties, ...always];
}

/** Installs a sample, by its version and variant, with its own properties; `at` is the folder they name. */
export function connector(sample: string, properties: readonly string[] = [], at = folder): Part {
  return async (server, packages) => {
    const path = await bring(server, packages, `SCIMConnector-${sample}.msi`);
    await withoutWorkers(server, async () =>
      mustEnd(await tools.msiexec(server, ['/i', path, ...msiWords(properties)])),
    );
    // The product writes a log of its own into its folder, which no uninstall removes (domain 1.5, 6.5).
    await server.drive.write(`${at}\\Log\\2026110309.log`, 'A log of a simulated connector.\r\n');
  };
}

/** Lays the cabinet of a sample where its package is going to be installed from. */
export function cabinetBeside(sample: string): Part {
  return async (server, packages) => void (await bring(server, packages, `SCIMConnector-${sample}.cab`));
}

/** What an operator has entered since: connection settings, a changed response setting, a right for the backup account. */
export function edited(at = folder): Part {
  return async (server) => {
    const settings = `${at}\\appsettings.json`;
    const text = 'c2ltdWxhdGVkOiBjb25uZWN0aW9uIHNldHRpbmdzIG9mIHR3byBlbmRwb2ludHM=';
    await edit(server, settings, /("Configurations"\s*:\s*)"[^"]*"/, `$1"${text}"`);
    await edit(server, `${at}\\Responses\\AppSettings.json`, /(?<head>"SCIM_Threshold"\s*:\s*)\d+/, '$<head>50');
    const sddl = `${sddlOf(server, settings)}(A;;0x120089;;;S-1-5-21-1004336348-1177238915-682003330-1213)`;
    remember(server, { acls: { ...server.memory.acls, [settings.toLowerCase()]: sddl } });
    setSddl(server, at, `O:SYG:SYD:AI(A;OICI;0x1200a9;;;S-1-5-21-1004336348-1177238915-682003330-1213)`);
  };
}

/** The same where the settings are one encrypted file. */
export async function editedLegacy(server: Server): Promise<void> {
  await server.drive.write(
    `${folder}\\Settings.enc`,
    'c2ltdWxhdGVkOiB0aGUgZW5jcnlwdGVkIHNldHRpbmdzIG9mIGEgMy54IGNvbm5lY3Rvcg==\r\n',
  );
  await edit(server, `${folder}\\Responses\\AppSettings.json`, /(?<head>"SCIM_Threshold"\s*:\s*)\d+/, '$<head>50');
}

/** Somebody has deleted a program file and a query by hand, no program did. */
export async function lostFiles(server: Server): Promise<void> {
  await withoutWorkers(server, async () => {
    for (const name of ['SCIMConnector.dll', 'SqlQuery\\SCIM All Users.sql'])
      await server.drive.remove(`${folder}\\${name}`);
  });
}

/** Somebody has cleared C:\Windows\Installer to gain space, which Microsoft warns of (T2: 1612). */
export async function lostPackage(server: Server): Promise<void> {
  for (const { localPackage } of Object.values(server.memory.registered)) await server.drive.remove(localPackage);
}

/** A copy of C:\Windows\Installer was put back that had been cut short. */
export async function damagedPackage(server: Server): Promise<void> {
  for (const { localPackage } of Object.values(server.memory.registered)) {
    const bytes = (await server.drive.read(localPackage)) ?? new Uint8Array();
    await server.drive.write(localPackage, bytes.subarray(0, bytes.length >> 1));
  }
}

/**
 * Uninstalls the only product. With `config` the settings are left: the vendor's list of known problems has them locked, the
 * product gone and the files there (domain 1.8); here they are laid back, for a simulated lock would hold nothing.
 */
export function uninstalled(leaves: 'config' | 'nothing'): Part {
  return async (server) => {
    const names = ['appsettings.json', 'web.config', 'Responses\\AppSettings.json', 'Responses\\IgnoreEndpoints.json'];
    const kept = await Promise.all(names.map((name) => server.drive.read(`${folder}\\${name}`)));
    const { acls } = server.memory;
    const [product] = stored(server, 'products');
    await withoutWorkers(server, async () =>
      mustEnd(await tools.msiexec(server, ['/x', product?.productCode ?? '', ...msiWords()])),
    );
    if (leaves === 'nothing') return;
    for (const [index, name] of names.entries())
      await server.drive.write(`${folder}\\${name}`, kept[index] ?? new Uint8Array());
    remember(server, { acls });
  };
}

/** The folder was deleted by hand, as the vendor advises after an uninstallation (domain 1.8). */
export async function withoutFiles(server: Server): Promise<void> {
  for (const name of await server.drive.list(`${folder}\\Log`)) await server.drive.remove(`${folder}\\Log\\${name}`);
  for (const path of [`${folder}\\Log`, folder]) await server.drive.removeEmptyFolder(path);
}

/** Does something while the pool is stopped and its worker process gone; a pool that ran runs again afterwards. */
export async function withoutWorkers(server: Server, work: () => Promise<void>): Promise<void> {
  const isThere = () => stored(server, 'iis')?.pools.some((pool) => pool.name === ownPool) ?? false;
  if (isThere()) {
    await appcmd(server, 'stop', 'apppool', `/apppool.name:${ownPool}`);
    elapse(server, 60_000);
  }
  await work();
  const isStopped = stored(server, 'iis')?.pools.some((pool) => pool.name === ownPool && pool.state === 'stopped');
  if (isStopped) await appcmd(server, 'start', 'apppool', `/apppool.name:${ownPool}`);
}

/** Replaces what a text file holds; throws where it holds nothing like it. */
export async function edit(server: Server, path: string, what: RegExp, replacement: string): Promise<void> {
  const before = new TextDecoder().decode((await server.drive.read(path)) ?? new Uint8Array());
  const after = before.replace(what, replacement);
  if (after === before) throw new Error(`${path} holds nothing like ${what}`);
  await server.drive.write(path, after);
}
