import type { ConfigRole, Product, Site } from './facts.ts';
import { compareMsiVersions } from './version.ts';

/** What the connector is called in the list of installed programs (domain: Thycotic and Delinea packages alike). */
export const productNamePattern = 'SCIM ?Connector';

/** Settings of versions below this one have another format, and no in-place upgrade is offered (the vendor's setup page). */
export const firstJsonVersion = '4.0.0';

/** Where a standard installation lies; a folder chosen in the setup gets a subfolder of that name (domain: installer behaviour). */
export const defaultFolder = 'C:\\inetpub\\wwwroot\\SCIMConnector';

/** The pool of a standard installation. */
export const defaultPool = 'SCIMConnectorAppPool';

/**
 * The Windows features that an ASP.NET Core application under IIS needs, by their DISM names: the server core that the
 * ASP.NET Core Module asks for, and what serves, logs and filters static content and errors.
 */
export const neededFeatures: readonly string[] = [
  'IIS-WebServerRole',
  'IIS-WebServer',
  'IIS-CommonHttpFeatures',
  'IIS-StaticContent',
  'IIS-DefaultDocument',
  'IIS-HttpErrors',
  'IIS-HealthAndDiagnostics',
  'IIS-HttpLogging',
  'IIS-Security',
  'IIS-RequestFiltering',
];

/** Where config lies below a folder of the connector; `*.json` stands for every such file. */
const configTable: readonly { readonly folder: string; readonly name: string; readonly role: ConfigRole }[] = [
  { folder: '', name: 'appsettings.json', role: 'settings' },
  { folder: '', name: 'web.config', role: 'web.config' },
  { folder: '', name: 'settings.enc', role: 'legacy' },
  { folder: 'Responses', name: '*.json', role: 'responses' },
];

/** The folders below the connector's own in which config files lie, '' for the folder itself. */
export const configFolders: readonly string[] = [...new Set(configTable.map((row) => row.folder))];

/** The folders whose access rights are kept: those of config, and the one of the logs. */
export const rightsFolders: readonly string[] = [...configFolders, 'Log'];

/** What a file in one of `configFolders` is, or null if it holds no config. */
export function configRole(folder: string, name: string): ConfigRole | null {
  const lower = name.toLowerCase();
  const row = configTable.find(
    (one) =>
      one.folder === folder && (one.name.startsWith('*') ? lower.endsWith(one.name.slice(1)) : one.name === lower),
  );
  return row?.role ?? null;
}

/** Whether moving between the two versions crosses the line at which the format of the settings changed. */
export function crossesFormat(from: string, to: string): boolean {
  const isOld = (version: string) => (compareMsiVersions(version, firstJsonVersion) ?? 0) < 0;
  return isOld(from) !== isOld(to);
}

/** Folders in which files of the connector may lie: of its products, of sites that are named after it, its standard place, and those given. */
export function connectorFolders(
  products: readonly Pick<Product, 'folder'>[],
  sites: readonly Site[],
  more: readonly string[] = [],
): readonly string[] {
  const ofSites = sites.filter((site) => isNamedAfterConnector(site.folder)).map((site) => site.folder);
  const all = [...products.flatMap((product) => product.folder ?? []), ...ofSites, defaultFolder, ...more];
  return all.filter((folder, index) => all.findIndex((one) => samePath(one, folder)) === index);
}

/** Whether a folder bears the name that the connector's setup gives to its own. */
export function isNamedAfterConnector(folder: string): boolean {
  return /\\scim ?connector\\*$/i.test(folder);
}

/** Whether two Windows paths name the same file: case and a closing backslash do not count. */
export function samePath(left: string, right: string): boolean {
  return normalPath(left) === normalPath(right);
}

/** A path in the form in which paths are compared. */
export function normalPath(path: string): string {
  return path.replaceAll('/', '\\').replace(/\\+$/, '').toLowerCase();
}

/** The connector's own folder, from the key paths of its components: the highest one that holds a file of its root. */
export function folderOfKeyPaths(keyPaths: readonly string[]): string | null {
  const folders = keyPaths
    .map((path) => ({
      folder: path.slice(0, path.lastIndexOf('\\')),
      name: path.slice(path.lastIndexOf('\\') + 1).toLowerCase(),
    }))
    .filter(({ name }) => ['appsettings.json', 'web.config', 'settings.enc'].includes(name))
    .map(({ folder }) => folder);
  return folders.sort((left, right) => left.length - right.length)[0] ?? null;
}

/** Whether a path is the folder of one of these products. */
export function isFolderOf(products: readonly Pick<Product, 'folder'>[], path: string): boolean {
  return products.some((one) => one.folder !== null && samePath(one.folder, path));
}

/** Whether a path lies in the connector's folder, or in one of its name where that is not known. */
export function isConnectorPath(path: string, folder: string | null): boolean {
  if (folder !== null) return `${normalPath(path)}\\`.startsWith(`${normalPath(folder)}\\`);
  return /\\scim ?connector(\\|$)/i.test(path);
}
