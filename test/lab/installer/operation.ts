import fc from 'fast-check';
import {
  absent,
  noPackage,
  propertyOf,
  rebuilt,
  rebuiltSameName,
  renamed,
  type TestPackage,
  truncated,
} from './packages.ts';
import { connectorFolder, logFolder, packagesFolder } from './state.ts';

/** One thing that somebody does to a server. */
export type Operation = Call | Meddling;

/** A call of msiexec on a package of packagesFolder or on a product code. */
export type Call = {
  readonly kind: 'msiexec';
  readonly verb: '/i' | '/x' | '/f';
  readonly what: string;
  /** Letters of `/f`, or of REINSTALLMODE beside REINSTALL=ALL; null: no reinstallation. */
  readonly letters: string | null;
};

/** What happens beside Windows Installer: to a file of the connector, to a cached package, to a package file. */
export type Meddling = {
  readonly kind: 'edit' | 'delete' | 'lose-cache' | 'lose-source';
  readonly what: string;
};

/** A product code that no package has. */
export const unknownProduct = '{00000000-0000-4000-8000-000000000001}';

const always = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];

/** The arguments of a call as the program would give them. */
export function argsOf({ verb, what, letters }: Call): readonly string[] {
  const target = what.startsWith('{') ? what : `${packagesFolder}\\${what}`;
  const reinstall = verb === '/i' && letters !== null ? ['REINSTALL=ALL', `REINSTALLMODE=${letters}`] : [];
  const first = verb === '/f' ? `/f${letters ?? ''}` : verb;
  return [first, target, '/qn', '/norestart', '/l*v', `${logFolder}\\msi.log`, ...reinstall, ...always];
}

/** An operation in one line, for the report of a failure. */
export function wordsOf(operation: Operation): string {
  if (operation.kind !== 'msiexec') return `${operation.kind} ${operation.what}`;
  const [verb, target] = argsOf(operation);
  return `${verb} ${target}${operation.verb === '/i' && operation.letters !== null ? ` REINSTALLMODE=${operation.letters}` : ''}`;
}

const modes = ['omus', 'amus', 'emus', 'dmus', 'pmus', 'vomus', 'vamus'];

/** Sequences over one to three of the packages: mostly what administrators do, now and then what goes wrong. */
export function sequences(packages: readonly TestPackage[]): fc.Arbitrary<readonly Operation[]> {
  const good = packages.filter(({ opened, name }) => opened && !wrong.includes(name));
  return fc
    .shuffledSubarray([...good], { minLength: 1, maxLength: 3 })
    .chain((chosen) => fc.array(operationOn(chosen), { minLength: 2, maxLength: 8 }));
}

const wrong: readonly string[] = [renamed, rebuilt, rebuiltSameName, truncated, noPackage, absent];

function operationOn(chosen: readonly TestPackage[]): fc.Arbitrary<Operation> {
  const aPackage = fc.constantFrom(...chosen.map(({ name }) => name));
  const aCode = fc.constantFrom(...chosen.map((one) => propertyOf(one, 'ProductCode')));
  const what = fc.oneof(
    { weight: 5, arbitrary: aPackage },
    { weight: 5, arbitrary: aCode },
    { weight: 2, arbitrary: fc.constantFrom(...wrong, unknownProduct) },
  );
  const mode = fc.constantFrom(...modes);
  const installed = fc.oneof({ weight: 8, arbitrary: aPackage }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
  return fc.oneof(
    { weight: 8, arbitrary: call('/i', installed, fc.constant(null)) },
    { weight: 3, arbitrary: call('/x', what, fc.constant(null)) },
    { weight: 3, arbitrary: call('/f', what, fc.option(mode)) },
    { weight: 3, arbitrary: call('/i', what, mode) },
    { weight: 5, arbitrary: meddling(chosen) },
  );
}

function call(
  verb: Call['verb'],
  what: fc.Arbitrary<string>,
  letters: fc.Arbitrary<string | null>,
): fc.Arbitrary<Call> {
  return fc.record({ kind: fc.constant('msiexec' as const), verb: fc.constant(verb), what, letters });
}

function meddling(packages: readonly TestPackage[]): fc.Arbitrary<Meddling> {
  const file = fc.constantFrom(...installedFiles(packages));
  const anyPackage = fc.constantFrom(...packages.map(({ name }) => name));
  const one = (kind: Meddling['kind'], what: fc.Arbitrary<string>) => fc.record({ kind: fc.constant(kind), what });
  return fc.oneof(
    { weight: 3, arbitrary: one('edit', file) },
    { weight: 3, arbitrary: one('delete', file) },
    one('lose-cache', fc.constant('of every product')),
    one('lose-source', anyPackage),
  );
}

/** Every file that any of the packages lays down in the connector's folder. */
function installedFiles(packages: readonly TestPackage[]): readonly string[] {
  const names = packages.flatMap(({ opened }) => opened?.files().map(({ path, name }) => `C:\\${path}\\${name}`) ?? []);
  const inFolder = names.filter((name) => name.toLowerCase().startsWith(connectorFolder.toLowerCase()));
  return [...new Set(inFolder)].sort();
}
