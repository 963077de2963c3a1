/** The state in which a run left the server. `planned` and `different` end commands that only look. */
export type End =
  | 'converged'
  | 'nothing-to-do'
  | 'planned'
  | 'different'
  | 'refused'
  | 'busy'
  | 'reboot-first'
  | 'reboot-started'
  | 'failed-as-before'
  | 'failed-changed';

export type ExitCode = { readonly code: number; readonly name: string; readonly meaning: string };

/**
 * Every exit code of ours. Our own are 20 to 29, because Node ends by itself with 1, 3 to 7, 9 to 14 and 216;
 * the others are Windows' own codes with Windows' own meaning.
 */
export const exitCodes: readonly ExitCode[] = [
  { code: 0, name: 'converged', meaning: 'in the wanted state and verified, or nothing to do' },
  {
    code: 3010,
    name: 'reboot-required',
    meaning: 'in the wanted state and verified; a restart of the server is required to finish',
  },
  { code: 1641, name: 'reboot-started', meaning: 'a restart was started, and the run goes on by itself afterwards' },
  { code: 1618, name: 'busy', meaning: 'another installation is running; nothing was touched' },
  { code: 20, name: 'usage', meaning: 'the command line or the answer file is wrong; nothing was touched' },
  { code: 21, name: 'refused', meaning: 'refused: the listed conditions must be fixed first; nothing was touched' },
  { code: 22, name: 'failed-as-before', meaning: 'failed; the connector is as it was before the run' },
  {
    code: 23,
    name: 'failed-changed',
    meaning: 'failed; the connector is NOT as it was, or that could not be established: see the named step',
  },
  { code: 24, name: 'different', meaning: '`verify` or `plan --detailed-exitcode` found a difference' },
  {
    code: 25,
    name: 'reboot-first',
    meaning: 'not finished: restart the server; the run then goes on by itself, or run the same command again',
  },
  // 26 is an entry of the event log that is no exit code.
  {
    code: 27,
    name: 'others-changed',
    meaning:
      'in the wanted state and verified; but something else on the server is NOT as it was, and the run may have done that: see the message, which also says if a restart is required',
  },
  { code: 29, name: 'bug', meaning: 'a bug of this program; the stack, the versions and the journal are printed' },
];

const byEnd: Readonly<Record<End, number>> = {
  converged: 0,
  'nothing-to-do': 0,
  planned: 0,
  different: 24,
  refused: 21,
  busy: 1618,
  'reboot-first': 25,
  'reboot-started': 1641,
  'failed-as-before': 22,
  'failed-changed': 23,
};

/**
 * The exit code of an end. What the run may have done to others shows only where the wanted state is reached, for else the code is no
 * success anyway; so does a required restart, because ConfigMgr reads 3010 as success (T8).
 */
export function exitCodeOf(end: End, rebootRequired: boolean, hasChangedOthers = false): number {
  if (end !== 'converged') return byEnd[end];
  if (hasChangedOthers) return 27;
  return rebootRequired ? 3010 : byEnd[end];
}
