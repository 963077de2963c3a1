import type { End } from './exit-codes.ts';
import type { Facts } from './facts.ts';
import type { OthersChanged } from './foreign-sites.ts';
import type { Entry, Opened } from './journal.ts';
import { leftOf } from './missing.ts';
import type { Plan } from './plan.ts';
import { resumeOf } from './resume.ts';
import { valueOr } from './situation.ts';
import type { Wanted } from './wanted.ts';
import { capitalised } from './words.ts';

/** A reason as a sentence of its own. */
function sentence(why: string): string {
  return why === '' ? '' : ` ${capitalised(why)}.`;
}

/** The version that facts show, in words. */
export function versionsIn(facts: Facts): string {
  const versions = valueOr(facts.products, []).map((product) => product.version);
  return versions.length === 0 ? 'not installed' : versions.join(' and ');
}

export type Closed = Extract<Entry, { type: 'closed' }>;

/** What a run has come to, in sentences. */
export function messageOf(opened: Opened, { end, why, after, rebootRequired }: Closed, others: OthersChanged): string {
  const { before, wanted, plan } = opened;
  const was = versionsIn(before);
  const is = after ? versionsIn(after) : 'in a state that could not be read';
  const sentences: Readonly<Record<End, string>> = {
    converged: `Done: ${doneWords[wanted.goal](is)}, checked. Before: ${was}.`,
    'nothing-to-do': `Nothing to do: ${nothingWords[wanted.goal](wanted.msi?.productVersion ?? 'the wanted state')}, checked.`,
    planned: 'Nothing was changed.',
    different: 'The server is not in the wanted state; nothing was changed.',
    refused: `Refused, nothing was touched.${sentence(why)}`,
    busy: `Another installation is running; nothing was touched.${sentence(why)}`,
    'reboot-first': `Not finished: ${whatNow(opened)}.${sentence(why)}`,
    'reboot-started': `A restart of the server was started; the run goes on by itself afterwards.${sentence(why)}`,
    'failed-as-before': `Failed; the connector is as it was before: ${was}.${sentence(why)}${notBegun(plan)}`,
    'failed-changed': `Failed; the connector is NOT as it was, or that could not be established. It was ${was}.${sentence(why)}`,
  };
  const restart = end === 'converged' && rebootRequired ? ' Restart the server to finish.' : '';
  return `${sentences[end]}${restart}${leftSentence(plan, after)}${othersSentences(others)}`;
}

/** Whoever asked for something must know that it was not even begun. */
function notBegun(plan: Plan | null): string {
  return plan?.direction === 'back' ? ' Nothing else was done: run the same command again for what is wanted now.' : '';
}

/** What is not the connector's is not undone, but must be known: most of all where the run itself may have changed it. */
function othersSentences({ perhapsByRun, byOthers }: OthersChanged): string {
  const ours = ` NOT as it was, perhaps by this run, is what is not the connector's: ${perhapsByRun.join('; ')}.`;
  const theirs = ` Not by this run was changed what is not the connector's in IIS, and stays as it is: ${byOthers.join('; ')}.`;
  return (perhapsByRun.length > 0 ? ours : '') + (byOthers.length > 0 ? theirs : '');
}

type GoalWords = Readonly<Record<Wanted['goal'], (version: string) => string>>;

const doneWords: GoalWords = {
  present: (version) => `SCIM Connector ${version}`,
  absent: () => 'the SCIM Connector is uninstalled',
  restored: (version) => `the config of SCIM Connector ${version} is put back`,
};

const nothingWords: GoalWords = {
  present: (version) => `the SCIM Connector is ${version} already`,
  absent: () => 'the SCIM Connector is not installed',
  restored: () => 'the config is that of the backup already',
};

function whatNow(opened: Opened): string {
  return resumeOf(opened, 'reboot-first').waits
    ? 'restart the server; the run then goes on by itself'
    : 'restart the server, then run the same command again';
}

/** What stays in a shared folder as another server has written it is no failure, but must be known. */
function leftSentence(plan: Plan | null, after: Facts | null): string {
  if (!plan || !after) return '';
  const steps = [...plan.connector.map((planned) => planned.step), ...plan.wayBack];
  const left = [...new Set(steps.flatMap((step) => leftOf(step, after)))];
  if (left.length === 0) return '';
  return ` Not by this run was changed what is shared with other servers, and stays as it is: ${left.join(', ')}. The backup holds what it was.`;
}
