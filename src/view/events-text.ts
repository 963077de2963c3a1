import type { LogEvent } from '../core/event-log.ts';
import { hanging } from './layout.ts';

/** The entries of an Application log, each with its time, level and id; nothing where there is none. */
export function eventsText(events: readonly (LogEvent & { readonly at: string })[]): string {
  const lines = events.map(({ at, level, id, text }) => `    ${at} ${level} ${id}\n${hanging(text, '      ', 6)}`);
  return events.length === 0 ? '' : `${['  Application log', ...lines].join('\n')}\n`;
}
