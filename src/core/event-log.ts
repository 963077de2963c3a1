import { type Change, child, type Limits } from './call.ts';
import type { Facts } from './facts.ts';
import type { Opened } from './journal.ts';
import type { RunReport } from './report.ts';
import { versionsIn } from './report-message.ts';
import type { Wanted } from './wanted.ts';

/** One entry of the Application log. */
export type LogEvent = { readonly id: number; readonly level: EventLevel; readonly text: string };
export type EventLevel = 'INFORMATION' | 'WARNING' | 'ERROR';

/** What an entry tells: the exit code a run ended with, or something else in words. */
export type EventRow = { readonly id: number; readonly level: EventLevel } & (
  | { readonly exitCode: number }
  | { readonly exitCode: null; readonly meaning: string }
);

/** The source under which every entry stands. */
export const eventSource = 'scim-setup';

const begun: EventRow = {
  id: 1,
  level: 'INFORMATION',
  exitCode: null,
  meaning: 'a run has begun; its journal is open',
};

const givenUp: EventRow = {
  id: 26,
  level: 'ERROR',
  exitCode: null,
  meaning: 'an unfinished run was taken up three times by the startup task, which is removed',
};

/** Every entry that is written. eventcreate takes ids from 1 to 1000, so not every exit code can be its own id. */
export const eventRows: readonly EventRow[] = [
  begun,
  { id: 10, level: 'INFORMATION', exitCode: 0 },
  { id: 11, level: 'WARNING', exitCode: 3010 },
  { id: 12, level: 'WARNING', exitCode: 1618 },
  { id: 13, level: 'WARNING', exitCode: 1641 },
  { id: 21, level: 'ERROR', exitCode: 21 },
  { id: 22, level: 'ERROR', exitCode: 22 },
  { id: 23, level: 'ERROR', exitCode: 23 },
  { id: 25, level: 'WARNING', exitCode: 25 },
  givenUp,
  { id: 27, level: 'WARNING', exitCode: 27 },
];

/** The entry for a run whose journal has just been opened. */
export function begunEvent(command: string, { before, wanted, route, runId, continues, places }: Opened): LogEvent {
  const takesUp = continues === null ? '' : ` It takes up run ${continues}.`;
  const facts = `SCIM Connector ${versionsIn(before)}${goalOf(before, wanted)}, route ${route}. Run ${runId}.`;
  return entry(begun, `scim-setup ${command} has begun.`, `${facts}${takesUp} Journal: ${places.journal}`);
}

function goalOf(before: Facts, { goal, msi, restore }: Wanted): string {
  if (goal === 'restored') return `, its config from the backup of ${restore?.takenAt}`;
  return ` -> ${msi?.productVersion ?? (goal === 'absent' ? 'not installed' : versionsIn(before))}`;
}

/** The entry for a run that has ended; null if nothing was run. */
export function endedEvent({ exitCode, message, before, after, route, runId, paths }: RunReport): LogEvent | null {
  const row = eventRows.find((one) => one.exitCode === exitCode);
  if (!row || runId === null) return null;
  const is = after ? versionsIn(after) : 'not read';
  const facts = `Exit code ${exitCode}. SCIM Connector ${versionsIn(before)} -> ${is}, route ${route}. Run ${runId}.`;
  return entry(row, message, `${facts} Journal: ${paths.journal}`);
}

/** The entry for a run that the startup task could not take up: nothing was touched by it. */
export function notResumedEvent(runId: string, exitCode: number, why: string): LogEvent {
  const row = eventRows.find((one) => one.exitCode === exitCode) ?? givenUp;
  return entry(row, `scim-setup could not go on after the restart. ${why}`, `Exit code ${exitCode}. Run ${runId}.`);
}

/** The entry for a run that the startup task does not take up any more. */
export function givenUpEvent(runId: string): LogEvent {
  const sentence =
    'scim-setup does not go on by itself any more: the run was taken up three times and is not at its end.';
  return entry(givenUp, sentence, `Run scim-setup resume, or the command again. Run ${runId}.`);
}

/** Far below what an entry can hold (31,839 characters, learn.microsoft.com: ReportEventW). */
const longest = 1_000;

/**
 * Both parts in one line, the first cut where they are too long. The event viewer would expand `%1` in a text, and there
 * is no way to escape it (MS-EVEN 3.2.4.1.5).
 */
function entry({ id, level }: EventRow, sentence: string, facts: string): LogEvent {
  const plain = (text: string) => text.replace(/\p{Cc}/gu, ' ').replaceAll('%', '_');
  const [first, rest] = [plain(sentence), plain(facts)];
  const room = longest - rest.length - 1;
  const cut = first.length > room ? `${first.slice(0, room - 4)} ...` : first;
  return { id, level, text: `${cut} ${rest}` };
}

/**
 * The command line that writes an entry. eventcreate.exe is on every Windows Server since 2003, starts at once, and
 * registers the source together with a message file that shows our text as it is; PowerShell would take a second to start
 * and needs the source registered beforehand.
 */
export function eventCall({ id, level, text }: LogEvent, limits: Limits): Change {
  const args = ['/L', 'APPLICATION', '/SO', eventSource, '/T', level, '/ID', String(id), '/D', text];
  return child('eventcreate', '%SystemRoot%\\System32\\eventcreate.exe', args, { limits }, null);
}
