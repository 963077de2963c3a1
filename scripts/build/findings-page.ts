import { type EventRow, eventRows, eventSource } from '../../src/core/event-log.ts';
import { exitCodes } from '../../src/core/exit-codes.ts';
import { type FindingMeaning, findingMeanings } from '../../src/core/explain.ts';
import { subjects } from '../../src/core/finding-row.ts';
import { acceptText, subjectTitles } from '../../src/view/findings-text.ts';

/** Where the page lies: in the folder of what an operator copies from, beside the answer files that say what is accepted. */
export const findingsPagePath = 'templates/findings.md';

const opening = `# Findings: what may stop a run, and what to do

Made from the program's own table by \`npm run docs\`; do not edit it by hand.

\`scim-setup plan --explain --msi ...\` says for your server which of these apply, which do not, and which could not be
judged; \`scim-setup findings\` prints this list on any system. A finding of a run is printed with its id: look for it here.

What it does to the exit code stands with each finding. 21 means: refused, nothing was touched; all findings are told at
once. Exit code 20 is no finding: the command line or the answer file is wrong, and the message says where.`;

/** The page of all findings and of the entries in the event log, as Markdown. */
export function findingsPage(): string {
  const all = findingMeanings();
  const parts = subjects.map((subject) => {
    const entries = all.filter((one) => one.about === subject).map(entryOf);
    return [`## ${subjectTitles[subject]}`, ...entries].join('\n\n');
  });
  return `${[opening, contents(), ...parts, eventPart()].join('\n\n')}\n`;
}

function contents(): string {
  const links = [...subjects.map((subject) => subjectTitles[subject]), eventTitle].map(
    (title) => `[${title}](#${anchorOf(title)})`,
  );
  return links.join(' · ');
}

/** As Markdown hosts make it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

const codeWords = {
  always: '21 until it is cured',
  'unless-accepted': '21 until it is accepted',
  never: 'none of its own: the run goes on',
} as const;

function entryOf(one: FindingMeaning): string {
  return [
    `### \`${one.id}\``,
    '',
    one.means,
    '',
    `- Cure: ${one.hint}`,
    `- Accept: ${one.accept === null ? acceptText(one) : `\`${one.accept}\`, or \`accept: [${one.id}]\` in the answer file`}`,
    `- Exit code: ${codeWords[one.stops]}`,
  ].join('\n');
}

const eventTitle = 'Entries in the event log';

function eventPart(): string {
  const rows = eventRows.map((row) => `| ${row.id} | ${row.level} | ${meaningOf(row)} |`);
  return `## ${eventTitle}

A run of \`apply\`, \`uninstall\`, \`restore\` or \`resume\` that changes something writes one entry when it begins and one when it has ended, into the
log Application under the source \`${eventSource}\`. A run that was cut has the first one only. Nothing is written by a command
that only looks, that is refused, or that finds nothing to do; only where the startup task could not go on with a run, that
is an entry too.

| Id | Level | Meaning |
| --- | --- | --- |
${rows.join('\n')}`;
}

function meaningOf(row: EventRow): string {
  if (row.exitCode === null) return row.meaning;
  const meaning = exitCodes.find((one) => one.code === row.exitCode)?.meaning ?? '';
  return `exit code ${row.exitCode}: ${meaning}`;
}
