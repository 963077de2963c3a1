import { printedCall } from '../core/call.ts';
import type { ReportedPlan, ReportedPlanned, ReportedStep, RunReport } from '../core/report.ts';
import { versionsIn } from '../core/report-message.ts';
import { hanging, labelled, lineWidth } from './layout.ts';

const titleWidth = 44;
const callIndent = 8;
/** Of a step with more command lines only their number is told. */
const mostCalls = 3;

/** A plan for a person: each step, why, its command lines, and the way back. */
export function planText(report: RunReport, plan: ReportedPlan): string {
  const lines = [
    plan.direction === 'back' ? backHeadline(report) : headline(report),
    ...takesUpLines(report, plan),
    '',
  ];
  let number = 0;
  const section = (title: string, steps: readonly ReportedPlanned[]) => {
    if (steps.length === 0) return;
    lines.push(`  ${title}`);
    for (const step of steps) lines.push(...plannedLines(step, ++number));
  };
  section('Backup (proven before anything is touched)', plan.backup);
  section('Prerequisites (kept if the connector fails)', plan.prerequisites);
  section('Connector (put back if a step fails)', plan.connector);
  return [...lines, ...wayBackLines(plan), ...restartLines(report)].join('\n');
}

function headline(report: RunReport): string {
  const goal = report.goal.version ?? 'not installed';
  const change = `${versionsIn(report.before)} -> ${goal} ${routeWords[report.route]}`;
  return labelled(`SCIM Connector on ${nameOf(report)}: ${change}`, report.sandbox);
}

function backHeadline(report: RunReport): string {
  return labelled(`SCIM Connector on ${nameOf(report)}: back to ${versionsIn(report.before)}`, report.sandbox);
}

function nameOf({ before: { machine } }: RunReport): string {
  return machine.known ? machine.value.name : 'this server';
}

/** Whoever plans anew may not know that something is unfinished. */
function takesUpLines({ continues }: RunReport, { direction }: ReportedPlan): string[] {
  if (continues === null) return [];
  const told =
    direction === 'back'
      ? `The run ${continues} is on its way back. apply only goes that way to its end (exit 22); what is wanted now comes with the next apply.`
      : `It takes up the run ${continues}, which is not finished.`;
  return [hanging(told, '  ', 4)];
}

const routeWords = {
  none: '',
  prerequisites: '(only prerequisites)',
  install: 'by installation',
  upgrade: 'by upgrade in place',
  replace: 'by uninstalling, then installing',
  repair: 'by repair',
  downgrade: 'by downgrade',
  uninstall: '',
  restore: '(config from a backup)',
} as const;

function plannedLines(step: ReportedPlanned, number: number): string[] {
  const first = `    ${String(number).padStart(2)}  ${step.title.padEnd(titleWidth)} `;
  const orElse = step.orElse.map((one) => one.title).join(', then ');
  return [
    hanging(step.why, first, first.length),
    ...callLines(step),
    ...(orElse === '' ? [] : [`${' '.repeat(callIndent)}or else ${orElse}`]),
  ];
}

function callLines(step: ReportedStep): string[] {
  if (step.calls.length > mostCalls) {
    return [`${' '.repeat(callIndent)}${step.calls.length} command lines, only if something differs; --json has them`];
  }
  return step.calls.map((call) => {
    const line = printedCall({ ...call, file: lastName(call.file), args: call.args.map(shortArg) });
    const isLong = line.length + callIndent > lineWidth;
    return ' '.repeat(callIndent) + (isLong ? `${line.slice(0, lineWidth - callIndent - 4)} ...` : line);
  });
}

/** Paths of our own folder by their last name: the whole command lines are in `--json`. */
function shortArg<T>(arg: T): T | string {
  return typeof arg === 'string' ? arg.replace(/[A-Z]:\\ProgramData\\ScimSetup\\\S*\\/i, '') : arg;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}

const restartWords = {
  never: 'If Windows wants a restart, the change is taken back; this run restarts nothing.',
  report: 'If Windows wants a restart, the run ends and says so.',
  auto: 'If Windows wants a restart, the run restarts the server.',
} as const;

/** What is registered on the server for the time of the run must be known beforehand. */
function restartLines({ resume }: RunReport): string[] {
  const goesOn =
    resume.resume === 'on'
      ? 'After a restart or a power cut it goes on by itself (startup task \\ScimSetup\\resume, removed at the end).'
      : 'After a restart or a power cut it does not go on by itself.';
  return [hanging(`${restartWords[resume.reboot]} ${goesOn}`, '  ', 4)];
}

function wayBackLines(plan: ReportedPlan): string[] {
  const none = plan.noWayBack === null ? [] : [hanging(`No way back to the whole: ${plan.noWayBack}.`, '  ', 4)];
  const titles = plan.wayBack.map((step) => step.title).join('; ');
  return [...none, ...(titles === '' ? [] : [hanging(`Way back: ${titles}.`, '  ', 4)])];
}
