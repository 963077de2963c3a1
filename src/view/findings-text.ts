import type { Explained, FindingMeaning } from '../core/explain.ts';
import { type Subject, subjects } from '../core/finding-row.ts';
import { hanging } from './layout.ts';

/** Under which words an operator looks for a finding. */
export const subjectTitles: Readonly<Record<Subject, string>> = {
  server: 'The server',
  iis: 'IIS and .NET',
  packages: 'The packages given',
  connector: 'The connector',
  settings: 'Its settings',
};

const wordWidth = 9;
const indent = 2 + wordWidth + 24;

const stopWords = { always: 'stops', 'unless-accepted': 'asks', never: 'tells' } as const;

/** Every finding there is, for a person without a server at hand. */
export function findingsText(findings: readonly FindingMeaning[]): string {
  const head =
    'stops: refused (exit 21) until it is cured; asks: refused until it is accepted; tells: the run goes on.';
  const lines = bySubject(findings, (one) => [
    row(stopWords[one.stops], one.id, one.means),
    under('Cure', one.hint),
    ...(one.accept === null ? [] : [under('Accept', one.accept)]),
  ]);
  return `${head}\n\n${lines}`;
}

/** Every finding as one server was asked for it: those that apply with their cure, the rest in a line or two each. */
export function explainedText(explained: readonly Explained[]): string {
  const count = (applies: Explained['applies']) => explained.filter((one) => one.applies === applies).length;
  const head = `Checked: ${count('yes')} apply, ${count('no')} do not, ${count('unknown')} could not be judged.`;
  return `${head}\n\n${bySubject(explained, explainedLines)}`;
}

function explainedLines(one: Explained): string[] {
  if (one.applies === 'no') return [row('no', one.id, one.means)];
  if (one.applies === 'unknown') return [row('unknown', one.id, one.means), under('Why', one.why ?? '')];
  return [
    row('YES', one.id, one.why ?? ''),
    under('Means', one.means),
    under('Cure', one.hint),
    under('Accept', acceptText(one)),
  ];
}

/** How a finding is accepted, in words. */
export function acceptText({ accept, stops }: Pick<FindingMeaning, 'accept' | 'stops'>): string {
  if (accept !== null) return accept;
  return stops === 'never' ? 'not needed: it stops nothing' : 'not possible';
}

function bySubject<T extends FindingMeaning>(all: readonly T[], lines: (one: T) => string[]): string {
  const parts = subjects.map((subject) => {
    const ofSubject = all.filter((one) => one.about === subject);
    return [subjectTitles[subject], ...ofSubject.flatMap(lines)].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

function row(word: string, id: string, text: string): string {
  return hanging(text, `  ${word.padEnd(wordWidth)}${id.padEnd(indent - 2 - wordWidth)}`, indent);
}

function under(word: string, text: string): string {
  const first = `${' '.repeat(indent)}${word.padEnd(7)} `;
  return hanging(text, first, first.length);
}
