import fc from 'fast-check';
import type { Call } from '../../../src/core/call.ts';
import { type ScenarioName, scenarioNames } from '../../../src/sandbox/scenario-list.ts';
import { atCall, atDoor } from '../../sweep/door-troubles.ts';
import type { Trouble } from '../../sweep/trouble.ts';

/** What somebody does to a server, or what happens to it. */
export type Operation =
  /** `to`: the version of a sample, or null to uninstall. */
  | { readonly kind: 'run'; readonly to: string | null; readonly trouble: Fault | null }
  | { readonly kind: 'reboot' }
  /** Somebody changes a setting through the connector, if it runs. */
  | { readonly kind: 'edit'; readonly value: number };

/** A kind of trouble, and the change asked of a door, or the question whether to stop, at which it strikes. */
export type Fault = { readonly kind: string; readonly door: number };

export type Sequence = { readonly scenario: ScenarioName; readonly operations: readonly Operation[] };

/** Every sample package by the version in its name. */
const samples = [
  '2.5.0',
  '3.2.0',
  '4.1.0',
  '4.1.0-x86',
  '4.3.0',
  '4.4.4',
  '4.4.4.1',
  '4.4.5-asks-reboot',
  '4.4.5-fails-old-gone',
  '4.4.5-fails-old-kept',
  '4.4.5-loses-config',
  '5.0.0',
] as const;

/** A child of which only the tool matters: which call is made there is not known beforehand. */
const child: Call<'change'> = {
  intent: 'change',
  tool: 'msiexec',
  file: '',
  args: [],
  timeoutMs: 0,
  quoting: 'argv',
  log: null,
};

const interrupt = 'interrupt';

/** The troubles of a door, whatever is asked of it; one for a child strikes at the first child from there on. */
function troublesAt(door: number): readonly Trouble[] {
  const asked = { what: 'any', step: 'any' };
  const all = [...atDoor(door, { ...asked, call: null }), ...atDoor(door, { ...asked, call: child })];
  return [...all, ...atCall(door, 'any', child)];
}

/** The trouble that a fault stands for. */
export function troubleOf({ kind, door }: Fault): Trouble {
  if (kind === interrupt) return { kind, at: '', isOnce: true, machine: (machine) => machine, interruptAt: door };
  const found = troublesAt(door).find((one) => one.kind === kind);
  if (!found) throw new Error(`no trouble is called ${kind}`);
  return found;
}

const kinds = [...new Set(troublesAt(1).map((one) => one.kind)), interrupt];
/** More often what leaves a run unfinished: then the next one has something to take up. */
const cuts = kinds.filter((kind) => /^(kill|power cut)/.test(kind));

const anyFault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.oneof(fc.constantFrom(...cuts), fc.constantFrom(...kinds)),
  door: fc.integer({ min: 1, max: 45 }),
});

const anyRun: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant('run' as const),
  to: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<string | null>('4.4.4', '4.3.0', '5.0.0') },
    { weight: 4, arbitrary: fc.constantFrom<string | null>(null, ...samples) },
  ),
  trouble: fc.option(anyFault, { freq: 2, nil: null }),
});

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: anyRun },
  { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'reboot' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), value: fc.nat(99) }) },
);

/** Any sequence of operations on the server of any scenario. */
export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  scenario: fc.oneof(fc.constant<ScenarioName>('scim-4.1'), fc.constantFrom(...scenarioNames())),
  operations: fc.array(anyOperation, { minLength: 1, maxLength: 7 }),
});

/** An operation in one line. */
export function wordsOf(operation: Operation): string {
  if (operation.kind === 'reboot') return 'reboot';
  if (operation.kind === 'edit') return `edit to ${operation.value}`;
  const { to, trouble } = operation;
  const what = to === null ? 'uninstall' : `apply ${to}`;
  return trouble ? `${what}, ${trouble.kind} at ${trouble.door}` : what;
}
