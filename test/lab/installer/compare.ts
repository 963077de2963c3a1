import { isDeepStrictEqual } from 'node:util';
import { UnknownCall } from '../../../src/sandbox/tools/tool.ts';
import { differences } from './differences.ts';
import { argsOf, type Call, type Operation, wordsOf } from './operation.ts';
import { type Contents, propertyOf, type TestPackage } from './packages.ts';
import type { Mismatch, Seen } from './seen.ts';
import { packagesFolder, type Side, type State } from './state.ts';

export type Sides = { readonly simulated: Side; readonly real: Side };

/** What came of one sequence: the differences that were met by name, and how far it was compared. */
export type Compared = { readonly met: readonly string[]; readonly performed: number };

/**
 * Performs a sequence on both sides and compares them after each operation; throws what differs without being in the table.
 * A difference that leaves the sides apart ends the sequence, and so does a call that the sandbox does not claim to know.
 */
export async function compareSequence(
  sides: Sides,
  packages: readonly TestPackage[],
  contents: Contents,
  operations: readonly Operation[],
): Promise<Compared> {
  await Promise.all([sides.simulated.reset(), sides.real.reset()]);
  const met: string[] = [];
  let before = await sides.simulated.look();
  for (const [index, operation] of operations.entries()) {
    const product = productOf(operation, packages);
    const codes = await performOn(sides, operation, before.products[product] !== undefined);
    if (codes === null) return { met, performed: index };
    if (operation.kind !== 'msiexec') {
      before = await sides.simulated.look();
      continue;
    }
    const after = { simulated: await sides.simulated.look(), real: await sides.real.look() };
    const seen: Seen = { operation, product, before, codes, after, contents };
    const isApart = explain(seen, met, () => operations.slice(0, index + 1).map(wordsOf));
    if (isApart) return { met, performed: index + 1 };
    for (const path of changedPaths(after)) await sides.real.write(path, await sides.simulated.read(path));
    before = after.simulated;
  }
  return { met, performed: operations.length };
}

/** Notes which differences are met; whether one of them leaves the sides apart. Throws what no difference explains. */
function explain(seen: Seen, met: string[], sequence: () => readonly string[]): boolean {
  let isApart = false;
  for (const mismatch of mismatchesOf(seen)) {
    const difference = differences.find((one) => one.explains(seen, mismatch));
    if (!difference) throw new Error(`${sequence().join('\n')}\n${JSON.stringify(mismatch, null, 1)}`);
    met.push(difference.what);
    isApart ||= difference.leaves === 'apart';
  }
  return isApart;
}

function mismatchesOf({ codes, after: { simulated, real } }: Seen): readonly Mismatch[] {
  const found: Mismatch[] = [];
  if (codes.simulated !== codes.real) found.push({ kind: 'code', ...codes });
  for (const path of changedPaths({ simulated, real }))
    found.push({ kind: 'file', path, simulated: simulated.files[path] ?? null, real: real.files[path] ?? null });
  for (const code of keysOf(simulated.products, real.products)) {
    const [left, right] = [simulated.products[code] ?? null, real.products[code] ?? null];
    if (!isDeepStrictEqual(left, right)) found.push({ kind: 'product', code, simulated: left, real: right });
  }
  if (!isDeepStrictEqual(simulated.related, real.related))
    found.push({ kind: 'related', simulated: simulated.related, real: real.related });
  return found;
}

function changedPaths({ simulated, real }: { simulated: State; real: State }): readonly string[] {
  return keysOf(simulated.files, real.files).filter((path) => simulated.files[path] !== real.files[path]);
}

function keysOf(left: object, right: object): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])];
}

/** Null where the sandbox does not know the call. */
async function performOn(sides: Sides, operation: Operation, isInstalled: boolean): Promise<Seen['codes'] | null> {
  if (operation.kind === 'msiexec') return callBoth(sides, operation, isInstalled);
  for (const side of [sides.simulated, sides.real]) {
    if (operation.kind === 'lose-cache') await side.loseCache();
    else if (operation.kind === 'lose-source') await side.write(`${packagesFolder}\\${operation.what}`, null);
    else await meddle(side, operation.kind, operation.what);
  }
  return { simulated: 0, real: 0 };
}

async function meddle(side: Side, kind: 'edit' | 'delete', path: string): Promise<void> {
  const bytes = await side.read(path);
  if (bytes) await side.write(path, kind === 'delete' ? null : Buffer.concat([bytes, Buffer.from('edited')]));
}

async function callBoth(sides: Sides, call: Call, isInstalled: boolean): Promise<Seen['codes'] | null> {
  try {
    const simulated = await sides.simulated.msiexec(argsOf(call));
    return { simulated, real: await sides.real.msiexec(argsOf(isInstalled ? withoutRepair(call) : call)) };
  } catch (error) {
    if (error instanceof UnknownCall) return null;
    throw error;
  }
}

/** Wine 8 has no `/f` (first row of the table): where there is something to repair, Wine is asked for the same in other words. */
function withoutRepair(call: Call): Call {
  return call.verb === '/f' ? { ...call, verb: '/i', letters: call.letters ?? 'omus' } : call;
}

/** The code of the product that an operation is about; empty if it is about none. */
function productOf(operation: Operation, packages: readonly TestPackage[]): string {
  if (operation.kind !== 'msiexec') return '';
  if (operation.what.startsWith('{')) return operation.what;
  const named = packages.find(({ name }) => name === operation.what);
  return named?.opened ? propertyOf(named, 'ProductCode') : '';
}
