import { backedUp, config, hash, ownFolders, products } from '../../sweep/judge.ts';
import { foreignSites } from '../../sweep/judge-sites.ts';
import { type ServerState, untouched } from '../../sweep/server-state.ts';
import type { Ran } from './server.ts';

/** Ends after which nothing of a chain of runs is left to be done. */
const finished = ['converged', 'failed-as-before'];
/** Ends at which nothing was touched. */
const untouching = ['nothing-to-do', 'nothing to resume', 'refused', 'busy'];

/** What has been seen on one server, and what must therefore be found on it. */
export class Ledger {
  /** Path of a config file to the hashes of all versions of it that must be somewhere. */
  readonly #versions = new Map<string, Set<string>>();
  readonly #folders = new Set<string>();
  /** The sites of others as they must be. */
  #others: ServerState;
  /** The server before the first run of the chain that is not finished. */
  #chain: ServerState | null = null;

  constructor(start: ServerState) {
    this.#others = start;
    this.#record(start);
  }

  /** Notes what a run has done, and says what of it may not be. */
  afterRun(to: string | null, ran: Ran, before: ServerState, now: ServerState): string[] {
    const start = this.#chain ?? before;
    const problems = [...this.lost(now), ...unreadableJournals(now), ...this.#endProblems(to, ran, before, now, start)];
    if (finished.includes(ran.end) || isClosed(now)) this.#chain = null;
    else if (!untouching.includes(ran.end)) this.#chain = start;
    this.#record(now);
    return problems;
  }

  get isAtRest(): boolean {
    return this.#chain === null;
  }

  /** Notes that somebody has written a config file: what it was before is his to lose. */
  afterEdit(path: string, before: ServerState, now: ServerState): void {
    const [old, fresh] = [before.files.get(path), now.files.get(path)];
    const versions = this.#versionsOf(path);
    if (old) versions.delete(hash(old));
    if (fresh) versions.add(hash(fresh));
  }

  /** Notes a restart, which starts what has stopped. */
  afterRestart(now: ServerState): void {
    const [old, iis] = [this.#others.document.iis.value, now.document.iis.value];
    if (!old || !iis) return;
    const stateOf = (name: string) => iis.pools.find((one) => one.name === name)?.state;
    const pools = old.pools.map((pool) => ({ ...pool, state: stateOf(pool.name) ?? pool.state }));
    const services = Object.fromEntries(
      Object.keys(old.services).map((name) => [name, iis.services[name] ?? { state: '' }]),
    );
    const value = { ...old, pools, services };
    this.#others = { ...this.#others, document: { ...this.#others.document, iis: { known: true, value } } };
    this.#record(now);
  }

  /** The versions of config files that are neither in place nor in a backup that vouches for them. */
  lost(now: ServerState): string[] {
    const kept = backedUp(now);
    return [...this.#versions].flatMap(([path, versions]) => {
      const found = now.files.get(path);
      const there = found && hash(found);
      const gone = [...versions].filter((one) => one !== there && !kept.has(`${path} ${one}`));
      return gone.map((one) => `${path} of ${one.slice(0, 8)} is lost: neither in place nor in a backup`);
    });
  }

  #endProblems(to: string | null, ran: Ran, before: ServerState, now: ServerState, start: ServerState): string[] {
    switch (ran.end) {
      case 'converged':
      case 'nothing-to-do':
        return [...wrongProducts(to, now), ...this.#othersChanged(now)];
      case 'failed-as-before':
        return [...this.#otherProducts(start, now), ...this.#othersChanged(now)];
      case 'nothing to resume':
      case 'refused':
      case 'busy':
        return before.document.installer.value.suspended ? [] : untouched(before, now);
      case 'bug':
        return ['the program threw'];
      case 'unnamed':
        return [`${ran.exitCode} is no exit code of the table`];
      default:
        return [];
    }
  }

  /** What Windows Installer has taken back meanwhile is not as it was found. */
  #otherProducts(start: ServerState, now: ServerState): string[] {
    if (start.document.installer.value.suspended) return [];
    const [old, found] = [products(start.document), products(now.document)];
    return old === found ? [] : [`registered: ${found}, not ${old} as before`];
  }

  #othersChanged(now: ServerState): string[] {
    return foreignSites(this.#others.document, now.document, [...this.#folders, ...ownFolders(now, now)]);
  }

  /** Only what lies there when no chain of runs is unfinished: amid one there are files that nobody has entered anything in. */
  #record(now: ServerState): void {
    for (const folder of ownFolders(now, now)) this.#folders.add(folder);
    if (this.#chain || now.document.installer.value.suspended) return;
    for (const [path, bytes] of config(now, [...this.#folders])) this.#versionsOf(path).add(hash(bytes));
  }

  #versionsOf(path: string): Set<string> {
    const versions = this.#versions.get(path) ?? new Set<string>();
    this.#versions.set(path, versions);
    return versions;
  }
}

function wrongProducts(to: string | null, { document }: ServerState): string[] {
  const found = document.products.value.map((one) => one.version).join(' and ');
  const wanted = to?.split('-')[0] ?? '';
  return found === wanted ? [] : [`registered: ${found || 'nothing'}, not ${wanted || 'nothing'}`];
}

const journal = /^c:\\programdata\\scimsetup\\runs\\[^\\]+\\journal\.jsonl$/;

/** Journals whose first whole line is not the opening of a run. */
function unreadableJournals({ files }: ServerState): string[] {
  return [...files].flatMap(([path, bytes]) => {
    const first = journal.test(path) ? bytes.toString('utf8').split('\n').flatMap(entryIn)[0] : undefined;
    return first === undefined || first === 'opened' ? [] : [`${path} begins with ${first}`];
  });
}

/** Whether the newest run has written that it is finished: what was killed then was only telling of it. */
function isClosed({ files }: ServerState): boolean {
  const runs = [...files]
    .filter(([path]) => journal.test(path))
    .map(([path, bytes]) => ({ id: path.split('\\').at(-2) ?? '', bytes }));
  const newest = runs.toSorted((left, right) => (left.id < right.id ? -1 : 1)).at(-1);
  const lines = newest?.bytes.toString('utf8').split('\n') ?? [];
  return lines.some((line) =>
    finished.some((end) => line.includes(`"type":"closed"`) && line.includes(`"end":"${end}"`)),
  );
}

/** The type of a whole line; nothing for a torn one. */
function entryIn(line: string): string[] {
  try {
    return [(JSON.parse(line) as { type: string }).type];
  } catch {
    return [];
  }
}
