import type { Reading } from '../core/facts.ts';
import type { Child } from '../core/journal.ts';
import type { Reader } from './reader.ts';

/** The reader tells whole seconds, and the clock of a process's start may differ a little from ours. */
const toleranceMs = 2_000;

type Answer = { readonly process?: Reading<null | { readonly startedAt: string }> };

/** Whether the process of a child is there and was started when that child was: ids are given again. */
export async function isAlive(child: Child, reader: Pick<Reader, 'ask'>): Promise<Reading<boolean>> {
  try {
    const { process: found } = (await reader.ask(`process\t${child.pid}`)) as Answer;
    if (!found) return { known: false, why: 'PowerShell did not answer that question' };
    if (!found.known) return found;
    return { known: true, value: found.value !== null && isItsStart(found.value.startedAt, child) };
  } catch (error) {
    return { known: false, why: (error as Error).message };
  }
}

function isItsStart(startedAt: string, child: Child): boolean {
  const time = Date.parse(startedAt);
  return time >= Date.parse(child.startedAt) - toleranceMs && time <= Date.parse(child.at) + toleranceMs;
}
