import { atCall, atDoor } from './door-troubles.ts';
import type { Trace } from './doors.ts';
import { lateEnds, secondCuts, secondTroubles } from './next-run.ts';
import { readingTroubles } from './reading-troubles.ts';
import type { Trouble } from './trouble.ts';

/** Every trouble at every position of a run. */
export function troublesOf(trace: Trace): Trouble[] {
  return [
    ...trace.doors.flatMap((door, index) => [
      ...atDoor(index + 1, door),
      ...(door.call ? atCall(index + 1, door.what, door.call) : []),
    ]),
    ...readingTroubles(trace),
    ...trace.doors.flatMap(({ what, call, secrets }, index) =>
      call ? lateEnds(index + 1, what, { call, secrets }) : [],
    ),
    ...secondTroubles(trace),
    ...secondCuts(trace),
  ];
}
