import { type Difference, differencesBetween, differenceText } from '../core/differences.ts';
import type { Facts, Product, Reading } from '../core/facts.ts';
import { counted } from '../core/words.ts';

/** What a server that was made from facts cannot be or do like the one they were taken of, in sentences. */
export function notesOn(facts: Facts, made: Facts, unknown: readonly Product[]): readonly string[] {
  const differences = differencesBetween(facts, made).filter(({ path }) => path[0] !== 'takenAt');
  const rest = differences.filter((one) => !sayings.some((saying) => saying.covers(one)) && !isUnread(one));
  return [
    ...sayings.flatMap(({ covers, say }) => {
      const covered = differences.filter(covers);
      return covered.length === 0 ? [] : [say(covered)];
    }),
    ...unknown.map(
      ({ name, version }) =>
        `The package of ${name} ${version} is not known here: it can be neither repaired, removed nor put back.`,
    ),
    ...unreadIn(facts),
    ...rest.map((one) => `Other than in the facts: ${differenceText(one)}`),
  ];
}

/** Told with its reason instead. */
function isUnread({ path, before }: Difference): boolean {
  return path.length === 1 && typeof before === 'object' && before !== null && 'why' in before;
}

type Saying = {
  readonly covers: (one: Difference) => boolean;
  readonly say: (covered: readonly Difference[]) => string;
};

/** What differs by nature: facts hold fingerprints of config, and no files. */
const sayings: readonly Saying[] = [
  {
    covers: ({ path }) => contentOf(path) !== null || (path[0] === 'folders' && path[2] === 'content'),
    say: (covered) => {
      const files = new Set(covered.flatMap(({ path }) => contentOf(path) ?? [])).size;
      return `The content of ${counted(files, 'config file')} is made up, with the same names: facts hold only fingerprints of the values.`;
    },
  },
  {
    covers: ({ path }) => path[0] === 'products' && ofPackage.includes(path[2] ?? ''),
    say: () => 'The package that Windows Installer keeps of the connector is not the one of the server.',
  },
  {
    covers: ({ path }) => path[0] === 'installer' && path[1] === 'holders',
    say: () => 'Whoever was installing something on the server is not at work here.',
  },
  {
    covers: ({ path }) => path[0] === 'iis' && (path[1] === 'hostConfig' || path[3] === 'element'),
    say: () =>
      'applicationHost.config is made up but for the sites and pools in it, and holds no real password: facts hold only fingerprints.',
  },
  {
    covers: ({ path }) => path[0] === 'kept',
    say: () => 'Backups and packages that earlier runs have kept on the server are not here.',
  },
];

/** What is told of the package of a product. */
const ofPackage = ['cached', 'damaged', 'missingFiles', 'packageCode', 'packageName'];

/** The config file whose content a difference lies in, in the connector's folder or in a shared one; null for others. */
function contentOf(path: Difference['path']): string | null {
  const [file, what] = path[0] === 'config' ? path.slice(1) : path.slice(2);
  const isConfig = path[0] === 'config' || (path[0] === 'shared' && path[1] === 'files');
  return isConfig && ['sha256', 'values'].includes(what ?? '') ? (file ?? null) : null;
}

/** Read from the files of the made server at each look, and known there. */
const readFromFiles = ['config', 'folders', 'shared', 'kept'];

function unreadIn(facts: Facts): readonly string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const reading = value as Reading<unknown> | string | number;
    if (typeof reading !== 'object' || reading.known) return [];
    const here = readFromFiles.includes(name)
      ? 'and there is nothing of it here'
      : 'and no run gets past that here either';
    return [`This could not be read of the server, ${here}: ${name}. ${reading.why}`];
  });
}
