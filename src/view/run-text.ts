import { crossesFormat, samePath } from '../core/connector.ts';
import type { Product } from '../core/facts.ts';
import type { Finding } from '../core/plan.ts';
import type { HappenedStep, RunReport } from '../core/report.ts';
import { valueOr } from '../core/situation.ts';
import { unusableSettings } from '../core/usable-settings.ts';
import { duration } from '../core/words.ts';
import { hanging, labelled } from './layout.ts';
import { planText } from './plan-text.ts';

/**
 * What a command that decides or performs says to a person; a view of the same value that `--json` prints. `repeat` is
 * the command line that would do what was planned.
 */
export function runText(report: RunReport, repeat = 'scim-setup apply'): string {
  const plan = report.command === 'plan' ? report.plan : null;
  const parts = [
    plan ? planText(report, plan) : '',
    endText(report, plan !== null, repeat),
    findingsText(report),
    approvedText(report),
    stepsText(report),
    changesText(report),
    pathsText(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What `resume` says, also where there was nothing to go on with. */
export function resumeText(document: RunReport | { readonly message: string; readonly sandbox: boolean }): string {
  return 'steps' in document ? runText(document) : `${labelled(document.message, document.sandbox)}\n`;
}

function endText(report: RunReport, isPlan: boolean, repeat: string): string {
  const took = report.took ? ` ${tookText(report, report.took)}` : '';
  const code = report.exitCode === 0 ? '' : ` (exit ${report.exitCode})`;
  const sentence = labelled(`${report.message}${took}${code}`, report.sandbox && !isPlan);
  const more = report.command === 'verify' ? report.differences.map((one) => hanging(one, '  ', 4)) : [];
  const hint = isPlan && report.end === 'planned' ? [`To do it: ${repeat}`] : [];
  return [sentence, ...hint, ...more].join('\n');
}

/** A connector that was uninstalled was not down for a while: it is gone. */
function tookText({ end, goal }: RunReport, { totalMs, downMs }: NonNullable<RunReport['took']>): string {
  const isGone = end === 'converged' && goal.version === null;
  const down = downMs > 0 && !isGone ? `; the connector was down ${duration(downMs)}` : '';
  return `Took ${duration(totalMs)}${down}.`;
}

function findingsText({ findings, accepted }: RunReport): string {
  return findings.map((one) => findingText(one, accepted)).join('\n');
}

function findingText({ id, message, hint, stops }: Finding, accepted: readonly string[]): string {
  const how = accepted.includes(id) ? 'Accepted.' : `Accept with --accept ${id}`;
  const indent = 23;
  return [
    hanging(message, `  ${id.padEnd(20)} `, indent),
    hanging(stops === 'unless-accepted' ? `${hint} ${how}` : hint, ' '.repeat(indent), indent),
  ].join('\n');
}

const mostDifferences = 40;

/** What stands between a kept plan and the server as it is. */
function approvedText({ approved }: RunReport): string {
  const all = approved?.differences ?? [];
  if (all.length === 0) return '';
  const told = all.slice(0, mostDifferences).map((one) => hanging(one, '    ', 6));
  const more = all.length > told.length ? [`    and ${all.length - told.length} more; --json has them all`] : [];
  return ['  Since the plan was made:', ...told, ...more].join('\n');
}

/** Only where the way led back: what went well is in the sentence above. */
function stepsText({ steps, end }: RunReport): string {
  return end === 'failed-as-before' || end === 'failed-changed' ? steps.map(stepText).join('\n') : '';
}

function stepText(step: HappenedStep): string {
  const what = { first: '', orElse: 'or else ', back: 'way back: ' }[step.phase];
  const log = step.ok || step.log === null ? '' : `\n      log: ${step.log}`;
  return hanging(`${what}${step.title}: ${stepEnd(step)}`, '  ', 6) + log;
}

/** How a step ended, in the same words in every view. */
export function stepEnd({
  ok,
  code,
  meaning,
  missing,
}: Pick<HappenedStep, 'ok' | 'code' | 'meaning' | 'missing'>): string {
  if (ok) return 'done';
  return `FAILED${code === null ? '' : ` (${code})`}: ${[meaning, ...missing].join('; ')}`;
}

function changesText({ changes }: RunReport): string {
  return changes.length === 0 ? '' : ['  Changed:', ...changes.map((one) => hanging(one, '    ', 6))].join('\n');
}

/** How the config of before is put back, where there is a connector that could use it and everything is not as it was anyway. */
function restoreLine(report: RunReport): string | null {
  const { end, goal, route } = report;
  const { backup } = report.paths;
  const isWanted = end === 'converged' && backup !== null && (goal.version !== null || route === 'restore');
  const products = valueOr(report.before.products, []);
  const isUsable = unusableSettings({ origin: report.before, products }).length === 0;
  return isWanted && isUsable && isOfUse(report)
    ? `scim-setup restore --from ${backup.slice(backup.lastIndexOf('\\') + 1)}`
    : null;
}

/** The config goes back only where it lay, and into no other format. */
function isOfUse({ before, after }: RunReport): boolean {
  const old = valueOr(before.products, []);
  const now = after ? valueOr(after.products, []) : [];
  const isTaken = (one: Product) =>
    now.some(({ folder, version }) => samePath(folder ?? '', one.folder ?? '') && !crossesFormat(one.version, version));
  return old.length === 0 || old.some(isTaken);
}

function pathsText(report: RunReport): string {
  const { paths } = report;
  const rows = [
    ['Backup', paths.backup],
    ['Restore', restoreLine(report)],
    ['Journal', paths.journal],
    ['Logs', paths.logs],
    ['Plan', paths.plan],
  ].filter((row): row is [string, string] => typeof row[1] === 'string');
  return rows.map(([name, path]) => `  ${name.padEnd(8)} ${path}`).join('\n');
}
