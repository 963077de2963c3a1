import { win32 } from 'node:path';
import type { Facts } from '../core/facts.ts';
import { readHostAnew } from './host-config.ts';
import { type Server, stored, type Undone } from './server.ts';

/** What an installation has touched so far, so that it can be taken back (Windows Installer's rollback script). */
export class Undo {
  readonly #server: Server;
  readonly #before: Pick<Undone, 'facts' | 'memory'>;
  readonly #files = new Map<string, string | null>();

  constructor(server: Server) {
    this.#server = server;
    this.#before = { facts: server.facts, memory: server.memory };
  }

  /** Keeps a file as it is now; to be called before it is changed for the first time. */
  async keep(path: string): Promise<void> {
    if (this.#files.has(path)) return;
    const bytes = await this.#server.drive.read(path);
    this.#files.set(path, bytes && Buffer.from(bytes).toString('base64'));
  }

  /** All that is needed to take it back later. */
  record(): Undone {
    return { ...this.#before, files: Object.fromEntries(this.#files) };
  }
}

/**
 * Takes an installation back: files, registration, sites. Time does not go back, and neither does what has started or
 * stopped meanwhile, nor what is no part of it, as tasks and logs: a suspended installation is taken back after a restart.
 */
export async function takeBack(server: Server, undone: Undone): Promise<void> {
  for (const [path, content] of Object.entries(undone.files)) {
    if (content === null) await server.drive.remove(path);
    else await server.drive.write(path, Buffer.from(content, 'base64'));
  }
  for (const folder of newFolders(undone)) await server.drive.removeEmptyFolder(folder);
  const { facts } = undone;
  const { registered, clients, laid, acls } = undone.memory;
  server.facts = {
    ...server.facts,
    products: facts.products,
    iis: iisBack(server, facts),
    restart: restartBack(server, facts),
  };
  server.memory = { ...server.memory, registered, clients, laid, acls, suspended: null };
  readHostAnew(server, facts.iis.known ? facts.iis.value : null);
}

/** Folders of files that were not there before, the deepest first; a drive or share does not go with its last file. */
function newFolders({ files }: Undone): readonly string[] {
  const added = Object.keys(files).filter((path) => files[path] === null);
  const folders = [...new Set(added.map((path) => win32.dirname(path)))];
  return folders.filter((one) => one !== win32.parse(one).root).sort((left, right) => right.length - left.length);
}

function iisBack(server: Server, before: Facts): Facts['iis'] {
  const now = stored(server, 'iis');
  if (!now || !before.iis.known || !before.iis.value) return server.facts.iis;
  return { known: true, value: { ...now, certificates: before.iis.value.certificates } };
}

/** Only what was wanted before and is wanted still. */
function restartBack(server: Server, before: Facts): Facts['restart'] {
  if (!before.restart.known) return before.restart;
  const { reasons, deletions } = stored(server, 'restart');
  const old = before.restart.value;
  return {
    known: true,
    value: {
      reasons: reasons.filter((one) => old.reasons.includes(one)),
      deletions: deletions.filter((one) => old.deletions.includes(one)),
    },
  };
}
