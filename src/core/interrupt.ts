/**
 * What the run was asked for meanwhile. `back`: to stop and walk back (Ctrl-C). `leave`: its console goes away, and there are
 * seconds left: nothing may be begun any more, the way back neither (T3).
 */
export type Interrupt = 'no' | 'back' | 'leave';
