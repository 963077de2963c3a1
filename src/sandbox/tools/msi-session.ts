import { win32 } from 'node:path';
import type { Product } from '../../core/facts.ts';
import type { Package } from '../../msi/package.ts';
import type { Server } from '../server.ts';
import type { Undo } from '../undo.ts';
import type { MsiLog } from './msi-log.ts';
import { UnknownCall } from './tool.ts';

/** One run of Windows Installer over one package. */
export type Session = {
  readonly server: Server;
  readonly package: Package;
  /** Path and original name of the package file. */
  readonly source: { readonly path: string; readonly name: string };
  /**
   * `maintain` asks nothing of the features of an installed product: what is there stays as it is. `nothing` is a
   * reinstallation of what is not installed: no feature is installed by it (MS-msi: reinstall).
   */
  readonly mode: 'install' | 'nothing' | 'maintain' | 'reinstall' | 'remove';
  /** For whom it installs: a product of another context is none of its relatives. */
  readonly context: Product['context'];
  /** The upgrade that removes this product, if one does. */
  readonly outer: Session | null;
  readonly properties: Map<string, string>;
  readonly log: MsiLog;
  /** Keys of the files that costing decided to lay down. */
  readonly toLay: Set<string>;
  /** The site of a product that this installation has removed. */
  inheritedSite: string | null;
  undo: Undo | null;
  isRestartNeeded: boolean;
};

export type MsiComponent = {
  readonly key: string;
  readonly guid: string;
  readonly folder: string;
  readonly attributes: number;
  readonly keyPath: string;
};
export type MsiFile = {
  readonly key: string;
  readonly path: string;
  readonly version: string | null;
  readonly component: MsiComponent;
};

/** A value of the Property table, a folder given by name, or a property set while running. */
export function property(session: Pick<Session, 'properties'>, name: string): string {
  return session.properties.get(name) ?? '';
}

/** Whether this run lays files down. */
export function isLaying({ mode }: Session): boolean {
  return mode === 'install' || mode === 'reinstall';
}

/** Whether a letter is in the mode of reinstallation, which holds for a first installation too (MS-msi: reinstallmode). */
export function hasMode(session: Session, letter: string): boolean {
  return (property(session, 'REINSTALLMODE') || 'omus').toLowerCase().includes(letter);
}

/** The properties of a package, with those of the command line over them. */
export function startProperties(from: Package, given: Readonly<Record<string, string>>): Map<string, string> {
  const own = from.rows('Property').map((row) => [String(row.Property), String(row.Value ?? '')] as const);
  return new Map([...own, ...Object.entries(given)]);
}

/** Folders whose place Windows knows (MS-msi: property reference, system folder properties). */
const systemFolders: Readonly<Record<string, string>> = {
  TARGETDIR: 'C:',
  WindowsVolume: 'C:',
  ProgramFiles64Folder: 'C:\\Program Files',
  ProgramFilesFolder: 'C:\\Program Files (x86)',
  WindowsFolder: 'C:\\Windows',
  System64Folder: 'C:\\Windows\\System32',
  CommonAppDataFolder: 'C:\\ProgramData',
};

/** Where a folder of the Directory table lies; a property of its name moves it (MS-msi: directory-table). */
export function folderOf(session: Session, key: string): string {
  const moved = property(session, key);
  if (moved !== '') return moved.replace(/\\+$/, '');
  const known = systemFolders[key];
  if (known !== undefined) return known;
  const row = session.package.rows('Directory').find((one) => one.Directory === key);
  if (!row || row.Directory_Parent === null) throw new UnknownCall('msiexec', `the folder ${key}`);
  const name = longName(String(row.DefaultDir).split(':')[0] ?? '');
  const parent = folderOf(session, String(row.Directory_Parent));
  return name === '.' ? parent : `${parent}\\${name}`;
}

/**
 * The components of the package with their folders. Those of an installed product lie where its registration has them, whatever is
 * asked for now (MS-msi: MsiSetTargetPath, components that are already installed).
 */
export function componentsOf(session: Session): readonly MsiComponent[] {
  const rows = session.package.rows('Component');
  const laid = laidFolders(session);
  return rows.map((row) => ({
    key: String(row.Component),
    guid: String(row.ComponentId),
    folder: laid.get(String(row.Component)) ?? folderOf(session, String(row.Directory_)),
    attributes: Number(row.Attributes),
    keyPath: String(row.KeyPath),
  }));
}

/** The folders in which the components of this very package were laid down; none where it is not installed. */
function laidFolders({ server, mode, package: opened, properties }: Session): ReadonlyMap<string, string> {
  const registered = server.memory.registered[properties.get('ProductCode') ?? ''];
  if (mode === 'install' || registered?.packageCode !== opened.summary.packageCode) return new Map();
  const keyFiles = new Set(opened.files().map(({ key }) => key));
  const components = opened.rows('Component').filter((row) => keyFiles.has(String(row.KeyPath)));
  return new Map(
    components.map((row, index) => [String(row.Component), win32.dirname(registered.keyPaths[index] ?? '')]),
  );
}

/** The files of the package with the places they are laid down at. */
export function filesOf(session: Session): readonly MsiFile[] {
  const components = new Map(componentsOf(session).map((component) => [component.key, component]));
  return session.package.files().flatMap(({ key, name, version, component: owner }) => {
    const component = components.get(owner);
    return component ? [{ key, version, component, path: `${component.folder}\\${name}` }] : [];
  });
}

function longName(name: string): string {
  return name.split('|').at(-1) ?? name;
}
