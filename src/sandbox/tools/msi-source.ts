import { win32 } from 'node:path';
import { openPackage, type Package } from '../../msi/package.ts';
import type { Registered, Server } from '../server.ts';

/** The package that was named, and whether Windows Installer may not work from its own copy. */
type Sources = { readonly given: string | null; readonly isRecaching: boolean };

/**
 * The cached package; where that is gone or may not be used, the one given, or the one in the folder it came from (T2). The cached one
 * has none of its external cabinets beside it: they are looked for in that folder (MS-msi: source resiliency).
 */
export async function withOwnPackage<T>(
  server: Server,
  registered: Registered,
  { given, isRecaching }: Sources,
  use: (opened: Package | null, path: string) => Promise<T>,
): Promise<T> {
  const { localPackage, sourceFolder, packageName, packageCode } = registered;
  const sources = [given, `${sourceFolder}\\${packageName}`].filter((path) => path !== null);
  for (const path of isRecaching ? sources : [localPackage, ...sources]) {
    const isIt = await withPackage(server, path, async (opened) => {
      if (opened === null || 'problem' in opened) return false;
      return path === given || opened.summary.packageCode === packageCode;
    });
    const cabinetsIn = path === localPackage ? sourceFolder : win32.dirname(path);
    if (isIt) return withPackage(server, path, (opened) => use(opened as Package, path), cabinetsIn);
  }
  return use(null, '');
}

/** Opens a package for as long as it is used: null if there is no file, a problem if it is no package. `cabinetsIn`: its source. */
export async function withPackage<T>(
  server: Server,
  path: string,
  use: (opened: Package | { problem: string } | null) => Promise<T>,
  cabinetsIn = win32.dirname(path),
): Promise<T> {
  const file = await server.drive.open(path);
  if (!file) return use(null);
  const beside: OpenFile[] = [];
  try {
    return await use(await openPackage(file, (cabinet) => openIn(server, cabinetsIn, cabinet, beside)));
  } finally {
    for (const one of [file, ...beside]) await one.close();
  }
}

type OpenFile = NonNullable<Awaited<ReturnType<Server['drive']['open']>>>;

async function openIn(server: Server, folder: string, cabinet: string, opened: OpenFile[]): Promise<OpenFile | null> {
  const file = await server.drive.open(`${folder}\\${cabinet}`);
  if (file) opened.push(file);
  return file;
}
