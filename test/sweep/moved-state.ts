import { createHash } from 'node:crypto';
import { connectorFolder } from './judge.ts';
import { hostFile } from './judge-host.ts';
import { below, type Document, type ServerState } from './server-state.ts';

/** Where properties put the new version, in place of the default folder and the pool of the setup. */
export type Move = { readonly folder: string; readonly pool: string };

const oldPool = 'SCIMConnectorAppPool';

/** A server as it was, but for the place of its connector: settings, rights, site and the pool's settings have gone along. */
export function movedState({ document, files }: ServerState, move: Move): ServerState {
  return {
    document: movedDocument(structuredClone(document), move),
    files: new Map(
      [...files].map(([path, bytes]) => [placed(path, move), path === hostFile ? inHost(bytes, move) : bytes]),
    ),
  };
}

/** A server without what an upgrade leaves in the old folder: a finding tells the operator to remove that. */
export function withoutOldFolder({ document, files }: ServerState): ServerState {
  return { document, files: new Map([...files].filter(([path]) => !path.startsWith(`${connectorFolder}\\`))) };
}

/** What a run that has put everything back has left in the other place, one sentence each. */
export function leftBehind(now: ServerState, { folder, pool }: Move): string[] {
  const files = [...below(now, folder).keys()].map((path) => `${folder}\\${path} is left`);
  const isLeft = now.document.iis.value?.pools.some(({ name }) => name === pool);
  return [...files, ...(isLeft ? [`the pool ${pool} is left`] : [])];
}

/** A path in lower case as the move has it. */
function placed(path: string, { folder }: Move): string {
  const isOwn = path === connectorFolder || path.startsWith(`${connectorFolder}\\`);
  return isOwn ? folder.toLowerCase() + path.slice(connectorFolder.length) : path;
}

function movedDocument(document: Document, move: Move): Document {
  const { iis, sandbox } = document;
  for (const site of iis.value?.sites ?? [])
    if (site.folder.toLowerCase() === connectorFolder) Object.assign(site, { folder: move.folder, pool: move.pool });
  const old = iis.value?.pools.find(({ name }) => name === oldPool);
  if (old) {
    iis.value?.pools.push({ ...old, name: move.pool, sid: sidOf(move.pool) });
    // The old pool stays, and nothing runs in it any more.
    old.workers = 0;
  }
  for (const one of Object.values(sandbox.registered))
    one.keyPaths = one.keyPaths.map((path) => placed(path.toLowerCase(), move));
  sandbox.acls = Object.fromEntries(
    Object.entries(sandbox.acls).map(([path, sddl]) => [
      placed(path, move),
      sddl.replaceAll(sidOf(oldPool), sidOf(move.pool)),
    ]),
  );
  return document;
}

function inHost(bytes: Buffer, { folder, pool }: Move): Buffer {
  const text = bytes.toString('utf8');
  const [entry = ''] = new RegExp(`\\s*<add name="${oldPool}"[^>]*/>`).exec(text) ?? [];
  const site = text.replaceAll(/<site [\s\S]*?<\/site>/g, (one) =>
    one.toLowerCase().includes(`physicalpath="${connectorFolder}"`)
      ? one.replace(/physicalPath="[^"]*"/, `physicalPath="${folder}"`).replace(oldPool, pool)
      : one,
  );
  return Buffer.from(site.replace(entry, entry + entry.replace(oldPool, pool)));
}

/** The SID of an identity of IIS: the SHA-1 of the pool's name in lower case, as five numbers. */
function sidOf(pool: string): string {
  const hash = createHash('sha1').update(Buffer.from(pool.toLowerCase(), 'utf16le')).digest();
  return `S-1-5-82-${[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at)).join('-')}`;
}
