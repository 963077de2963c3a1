import { asBefore, configLost, converged } from './judge.ts';
import { secretShown, sharedLost, withShared } from './judge-shared.ts';
import { leftBehind, withoutOldFolder } from './moved-state.ts';
import type { Route } from './routes.ts';
import { type ServerState, untouched } from './server-state.ts';
import type { Prepared } from './trial.ts';
import type { Trouble } from './trouble.ts';

/** How a run ended, and what it said. */
export type Ran = { readonly end: string; readonly why: string };

/** The server as a run has found it and as it has left it. */
type Around = { readonly last: ServerState; readonly now: ServerState };

/** What is wrong with a run, one sentence each. */
export function wrongWith(prepared: Prepared, trouble: Trouble | null, ran: Ran, around: Around): string[] {
  const { now } = around;
  return [
    ...judged(prepared, trouble, ran, around),
    ...configLost(countedFrom(prepared, now), now),
    ...(prepared.route.restores === undefined ? [] : configLost(prepared.carried, now)),
    ...(['converged', 'nothing-to-do', 'failed-as-before'].includes(ran.end) ? sharedLost(prepared.carried, now) : []),
    ...(prepared.route.secret === undefined ? [] : secretShown(now, prepared.route.secret)),
    ...(isNamed(ran) ? tooMany(prepared.start, now) : []),
    ...(trouble?.isHarmless ? endedOtherwise(prepared.route, ran) : []),
  ];
}

/** What the server is judged by once a run has ended: what it said that others have changed in a shared folder, and stays, counts as theirs. */
export function judgedAfter(prepared: Prepared, { why }: Ran, now: ServerState): Prepared {
  if (!why.includes('what is shared with other servers, and stays as it is')) return prepared;
  return { ...prepared, start: withShared(prepared.start, now), before: withShared(prepared.before, now) };
}

/** How a run ends on a server on which the route was gone to its end. */
export function lastEnd(route: Route): string {
  return route.end === 'converged' ? 'nothing-to-do' : route.end;
}

/** A run that is at its end leaves nothing that would start it again. */
export function taskLeft({ document }: ServerState): string[] {
  return Object.keys(document.sandbox.tasks ?? {}).map((name) => `the task ${name} is left`);
}

/** What the run does not rest on has changed its end. */
function endedOtherwise(route: Route, ran: Ran): string[] {
  return ran.end === route.end ? [] : [`without the trouble it would have been ${route.end}`];
}

function judged(prepared: Prepared, trouble: Trouble | null, ran: Ran, { last, now }: Around): string[] {
  const { route } = prepared;
  const left = () => (route.moves ? leftBehind(now, route.moves) : []);
  const notAsBefore = () => [...asBefore(countedFrom(prepared, now), now, prepared.goal.oldFresh), ...left()];
  switch (ran.end) {
    case 'converged':
      return [...unexpected(route), ...asWanted(prepared, now)];
    case 'nothing-to-do':
      return [...asWanted(prepared, now), ...untouched(last, now)];
    case 'failed-as-before':
      return notAsBefore();
    case 'failed-changed':
      return changedForNothing(route, trouble, notAsBefore());
    case 'refused':
      return [...touched(prepared, last, now), ...(trouble === null ? otherRefusal(route, ran) : [])];
    case 'nothing to resume':
    case 'busy':
      return touched(prepared, last, now);
    case 'bug':
      return ['the program threw'];
    default:
      return [];
  }
}

/** How the server differs from where the route leads; a backup of the version that is there comes back byte for byte. */
function asWanted({ route, carried, goal }: Prepared, now: ServerState): string[] {
  const isSame = route.restores !== undefined && route.from === route.to;
  return isSame ? asBefore(carried, now) : converged(carried, route.moves ? withoutOldFolder(now) : now, goal);
}

/** Whether somebody was told of an end. */
function isNamed({ end }: Ran): boolean {
  return !['killed', 'power cut', 'bug'].includes(end);
}

/** However a run has ended, there is one product at most, or as many as were found; not so while Windows Installer has to take something back. */
function tooMany({ document: before }: ServerState, { document: now }: ServerState): string[] {
  if (now.installer.value.suspended) return [];
  const most = Math.max(1, before.products.value.length);
  const versions = now.products.value.map(({ version }) => version);
  return versions.length > most ? [`${versions.join(' and ')} are registered together`] : [];
}

/** A refusal has touched nothing; but what Windows Installer had to take back first, it may have taken back by then. */
function touched({ route, before }: Prepared, last: ServerState, now: ServerState): string[] {
  const found = untouched(last, now);
  const isSettled = route.settles && found.length > 0 && last.document.installer.value.suspended;
  return isSettled ? asBefore(before, now) : found;
}

/** What a state is judged by: as long as Windows Installer has taken nothing back, the server as it was found. */
function countedFrom({ start, before }: Prepared, now: ServerState): ServerState {
  return now.document.installer.value.suspended ? start : before;
}

/**
 * `failed-changed` is for a server that could not be read, a child that may still run, a trouble that stays, and one that
 * strikes on the way back of a package that fails by itself; and for a way back of which nobody has been promised that it is one.
 */
function changedForNothing(route: Route, trouble: Trouble | null, differences: readonly string[]): string[] {
  if (trouble === null) return ['it was said without any fault'];
  if (trouble.isOnce && route.end === 'converged' && !route.accept?.includes('no-way-back'))
    return [`it was said though the trouble struck once: ${differences.join('; ')}`];
  const isBlind = /^(hang|look)/.test(trouble.kind);
  return differences.length === 0 && !isBlind ? ['it was said though all is as before'] : [];
}

/** No trouble makes a good end of a route that has none. */
function unexpected(route: Route): string[] {
  return route.end === 'converged' ? [] : [`without any trouble it would have been ${route.end}`];
}

/** Without any trouble, a route that is refused is refused for what its server has. */
function otherRefusal({ refusal }: Route, { why }: Ran): string[] {
  return refusal === undefined || why.includes(`"id":"${refusal}"`) ? [] : [`it was not refused for ${refusal}`];
}
