import { connectorFolders, productNamePattern } from '../core/connector.ts';
import type { Facts, Iis, ReaderDocument, ReaderIis, Reading, Site } from '../core/facts.ts';
import { readerSchema, signatureSchema } from '../core/facts-schema.ts';
import { withHostElements } from '../core/host-elements.ts';
import type { Signature } from '../core/signature.ts';
import { sitesAndPools } from './application-host.ts';
import type { Disk } from './disk.ts';
import type { LookFor } from './machine.ts';
import { readConfig, readFolders, readKept, sha256Of } from './read-files.ts';
import type { ProductReader } from './read-products.ts';
import { readShared } from './read-shared.ts';
import type { Reader } from './reader.ts';

/** What a look at a real server is made with. */
export type Detecting = {
  readonly reader: Pick<Reader, 'ask'>;
  readonly disk: Disk;
  readonly readProducts: ProductReader;
  readonly systemRoot: string;
  expand(path: string): string;
  /** Whether the Windows features must be read anew, whatever the signs of a change say: DISM has just run. */
  readonly again: boolean;
};

/** The facts of a real server: one answer of the reader, completed by what files tell. A reading that fails says why and stops no other. */
export async function detect(what: LookFor, tools: Detecting): Promise<Facts> {
  const { iis, products, ...read } = await readServer(what, tools);
  const [sites, known] = [await readIis(iis, tools), await tools.readProducts(products)];
  const folders = connectorFolders(known.known ? known.value : [], sitesOf(sites), what.folders);
  const rightsOf = (path: string) => sddlOf(path, tools);
  return {
    ...read,
    iis: sites,
    products: known,
    config: known.known ? await readConfig(tools.disk, folders, rightsOf) : known,
    folders: known.known ? await readFolders(tools.disk, folders, known.value, rightsOf) : known,
    shared: known.known ? await readShared(folders, what, sharedTools(tools)) : known,
    kept: await readKept(tools.disk, what.backup, what.packages),
  };
}

function sharedTools(tools: Detecting) {
  const { disk } = tools;
  const hasFolder = (path: string) => disk.hasFolder(path);
  return { files: disk, hasFolder, sddlOf: (path: string) => sddlOf(path, tools) };
}

function lookLine(what: LookFor, again: boolean): string {
  const fields = ['look', productNamePattern, what.upgradeCodes.join(','), ...(again ? ['again'] : [])];
  return fields.join('\t');
}

async function readServer(what: LookFor, { reader, again }: Detecting): Promise<ReaderDocument> {
  try {
    const parsed = readerSchema.safeParse(await reader.ask(lookLine(what, again)));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return unread(`what PowerShell answered is not as agreed: ${issue?.path.join('.')} ${issue?.message}`);
  } catch (error) {
    return unread((error as Error).message);
  }
}

function unread(why: string): ReaderDocument {
  const failed = { known: false, why } as const;
  const takenAt = new Date().toISOString();
  return {
    schema: 1,
    takenAt,
    machine: failed,
    restart: failed,
    installer: failed,
    features: failed,
    hosting: failed,
    iis: failed,
    products: failed,
  };
}

async function readIis(iis: Reading<ReaderIis | null>, tools: Detecting): Promise<Reading<Iis | null>> {
  const { disk, systemRoot, expand } = tools;
  if (!iis.known) return iis;
  if (iis.value === null) return { known: true, value: null };
  const { siteStates, poolStates, workers, ...core } = iis.value;
  const folder = core.sharedConfiguration ?? `${systemRoot}\\System32\\inetsrv\\config`;
  try {
    const bytes = await disk.read(`${folder}\\applicationHost.config`);
    if (!bytes) return { known: false, why: `${folder}\\applicationHost.config is not there` };
    const xml = new TextDecoder().decode(bytes);
    const value = { ...core, ...sitesAndPools(xml, { siteStates, poolStates, workers }, expand) };
    // What IIS shares with other servers is not this server's to put back.
    if (core.sharedConfiguration !== null) return { known: true, value };
    const path = `${folder}\\applicationHost.config`;
    const sddl = await sddlOf(path, tools).catch(() => null);
    return { known: true, value: sddl === null ? value : withHostElements(value, bytes, { path, sddl }, sha256Of) };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}

function sitesOf(iis: Reading<Iis | null>): readonly Site[] {
  return iis.known ? (iis.value?.sites ?? []) : [];
}

/** Owner, group and DACL of a file or folder as SDDL; rejects with a sentence when they cannot be read. */
export async function sddlOf(path: string, { reader }: Pick<Detecting, 'reader'>): Promise<string> {
  const answer = (await reader.ask(`acl\t${path}`)) as { acl?: Record<string, Reading<string>> };
  const reading = answer.acl?.[path];
  if (!reading?.known) throw new Error(`the access rights of ${path}: ${reading?.why ?? 'no answer'}`);
  return reading.value;
}

/** What Windows says of the Authenticode signature of a file, by its whole path. */
export async function signatureOf(path: string, { reader }: Pick<Detecting, 'reader'>): Promise<Reading<Signature>> {
  try {
    const answer = signatureSchema.safeParse(await reader.ask(`signature\t${path}`));
    return answer.success ? answer.data.signature : { known: false, why: 'what PowerShell answered is not as agreed' };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}
