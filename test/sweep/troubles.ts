import { atCall, atDoor } from './door-troubles.ts';
import type { Trace } from './doors.ts';
import { lateEnds, secondTroubles } from './next-run.ts';
import { readingTroubles } from './reading-troubles.ts';
import type { Trouble } from './trouble.ts';

/** Every trouble at every position of a run. */
export function troublesOf(trace: Trace): Trouble[] {
  return [
    ...trace.doors.flatMap(({ what, call }, index) => [
      ...atDoor(index + 1, what, call),
      ...(call ? atCall(index + 1, what, call) : []),
    ]),
    ...readingTroubles(trace),
    ...trace.doors.flatMap(({ what, call }, index) => (call ? lateEnds(index + 1, what, call) : [])),
    ...secondTroubles(trace),
  ];
}
