import { isConnectorPath, samePath } from './connector.ts';
import type { Facts, FolderRights, Product } from './facts.ts';
import { ownRights, withIdentity } from './rights.ts';
import { siteOf, valueOr } from './situation.ts';
import type { Into, Step, WantedFile } from './step.ts';

/** Where something belongs on the server as it is now, and with which rights. */
export type Placement = {
  path(path: string): string;
  /** For a descriptor, and for what `ownRights` gives. */
  rights(rights: string): string;
};

/** Everything stays where it is. */
export const inPlace: Placement = { path: (path) => path, rights: (rights) => rights };

/** Where the files and folders of a step belong: their own place, unless a property has put the product elsewhere or into another pool. */
export function placementOf({ into }: Pick<Step<'config.restore'>, 'into'>, now: Facts): Placement {
  const product = into && valueOr(now.products, []).find((one) => one.productCode === into.productCode);
  return into && product ? placementFor(into, product, now) : inPlace;
}

function placementFor({ folder, identity }: Into, product: Product, now: Facts): Placement {
  const home = product.folder ?? folder;
  const sid = siteOf(now, product).pool?.sid ?? identity;
  // What Windows gives its own accounts, SYSTEM above all, is no pool's and stays.
  const isOfPool = identity?.startsWith('S-1-5-82-') ?? false;
  const isMoved = !samePath(home, folder);
  return {
    path: (path) => (isMoved && isConnectorPath(path, folder) ? home + path.slice(folder.length) : path),
    rights: (rights) => (isOfPool && identity !== null && sid !== null ? withIdentity(rights, identity, sid) : rights),
  };
}

/** A file as it is wanted in its place. */
export function placedFile(file: WantedFile, { path, rights }: Placement): WantedFile {
  const own = file.rights === undefined ? {} : { rights: ownRights(`D:${rights(file.rights)}`) };
  return { ...file, path: path(file.path), ...own };
}

/** The rights of a folder as they are wanted in its place. */
export function placedFolder({ path, sddl }: FolderRights, to: Placement): FolderRights {
  return { path: to.path(path), sddl: to.rights(sddl) };
}
