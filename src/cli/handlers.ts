import type { Doors, Request } from '../commands/request.ts';
import type { Entry } from '../core/journal.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Machine, Probe } from '../machine/machine.ts';
import type { View } from '../view/lines.ts';
import type { Io } from './io.ts';
import type { CommandName } from './options.ts';

/** What a command gives: one document, and the same as text. */
export type Result = { readonly exitCode: number; readonly document: object; readonly text: string };

type Handler = (request: Request, io: Io) => Promise<Result>;

/** Every command; each loads only what it needs. */
export const handlers: Readonly<Record<CommandName, Handler>> = {
  detect: onDetect,
  inspect: onInspect,
  plan: onLook,
  apply: onRun,
  uninstall: onRun,
  verify: onLook,
  backup: onBackup,
  restore: onRun,
  backups: onBackups,
  resume: onResume,
  findings: onFindings,
  codes: onCodes,
  sandbox: onSandbox,
};

async function onDetect(request: Request, io: Io): Promise<Result> {
  const [{ detect }, { factsText, unfinishedText }] = [
    await import('../commands/detect.ts'),
    await import('../view/facts-text.ts'),
  ];
  return withServer(request, io, async ({ machine }) => {
    const document = await detect(machine, request.out);
    const kept = request.out === undefined ? '' : `\n  Facts        ${request.out}\n`;
    return {
      exitCode: 0,
      document,
      text: factsText(document.facts, document.sandbox) + unfinishedText(document.unfinished) + kept,
    };
  });
}

async function onInspect({ msi = '' }: Request): Promise<Result> {
  const [{ inspect }, { inspectText }] = [await import('../commands/inspect.ts'), await import('../view/tables.ts')];
  const document = await inspect(msi);
  return { exitCode: 0, document, text: inspectText(document.msi) };
}

async function onFindings(): Promise<Result> {
  const [{ findings }, { findingsText }] = [
    await import('../commands/findings.ts'),
    await import('../view/findings-text.ts'),
  ];
  const document = findings();
  return { exitCode: 0, document, text: findingsText(document.findings) };
}

async function onCodes(): Promise<Result> {
  const [{ codes }, { codesText }] = [await import('../commands/codes.ts'), await import('../view/tables.ts')];
  const document = codes();
  return { exitCode: 0, document, text: codesText(document) };
}

async function onSandbox(request: Request, io: Io): Promise<Result> {
  const { action, folder = '' } = request;
  const [{ create, show, restart }, { resumeText }, { factsText, madeFromText }, { eventsText }] = [
    await import('../commands/sandbox.ts'),
    await import('../view/run-text.ts'),
    await import('../view/facts-text.ts'),
    await import('../view/events-text.ts'),
  ];
  if (action === 'restart') {
    const { lineView } = await import('../view/lines.ts');
    const view = lineView(request.json ? () => undefined : io.out);
    const document = await restart(folder, (machine) => doorsFor(machine, view, request, io));
    const went =
      document.resumed === null ? 'The server was restarted; no run goes on.\n' : resumeText(document.resumed);
    return { exitCode: 0, document, text: `${placeOf(document.folder)}\n\n${went}` };
  }
  const document = action === 'create' ? await create(folder, request) : await show(folder);
  const facts = `${factsText(document.facts, true)}${madeFromText(document.madeFrom)}`;
  return {
    exitCode: 0,
    document,
    text: `${placeOf(document.folder)}\n\n${facts}${eventsText(document.events)}`,
  };
}

async function onLook(request: Request, io: Io): Promise<Result> {
  const [commands, { runText }] = [await import('../commands/plan.ts'), await import('../view/run-text.ts')];
  const command = request.command === 'verify' ? commands.verify : commands.plan;
  return withProbe(request, io, async (probe) => {
    const document = await command(request, probe, io.version);
    const text = runText(document, applyLine(io.argv, request));
    if (!document.explained) return { exitCode: document.exitCode, document, text };
    const { explainedText } = await import('../view/findings-text.ts');
    return { exitCode: document.exitCode, document, text: `${text}\n${explainedText(document.explained)}` };
  });
}

async function onRun(request: Request, io: Io): Promise<Result> {
  const [command, { runText }] = [await runner(request), await import('../view/run-text.ts')];
  const view = await viewFor(request, io);
  return withServer(request, io, async ({ machine, note, keep }) => {
    const document = await command(request, doorsFor(machine, view, request, io)).finally(() => view.close());
    const wasRun = document.runId !== null;
    if (wasRun) keep();
    return { exitCode: document.exitCode, document, text: runText(document) + (wasRun ? note : '') };
  });
}

async function runner({ command }: Request) {
  if (command === 'restore') return (await import('../commands/restore.ts')).restore;
  const { apply, uninstall } = await import('../commands/apply.ts');
  return command === 'uninstall' ? uninstall : apply;
}

async function onBackup(request: Request, io: Io): Promise<Result> {
  const [{ backup }, { backupText }] = [await import('../commands/backup.ts'), await import('../view/backups-text.ts')];
  return withServer(request, io, async ({ machine, note, keep }) => {
    const document = await backup(request, doorsFor(machine, silentView, request, io));
    keep();
    return { exitCode: document.exitCode, document, text: backupText(document) + note };
  });
}

async function onBackups(request: Request, io: Io): Promise<Result> {
  const [{ backups }, { backupsText }] = [
    await import('../commands/backups.ts'),
    await import('../view/backups-text.ts'),
  ];
  return withServer(request, io, async ({ machine }) => {
    const document = await backups(request, doorsFor(machine, silentView, request, io));
    return { exitCode: document.exitCode, document, text: backupsText(document) };
  });
}

const silentView: View = { show: () => undefined, tell: () => undefined, close: async () => undefined };

async function onResume(request: Request, io: Io): Promise<Result> {
  const [{ resume }, { resumeText }] = [await import('../commands/resume.ts'), await import('../view/run-text.ts')];
  const view = await viewFor(request, io);
  return withServer(request, io, async ({ machine, keep }) => {
    keep();
    const document = await resume(request, doorsFor(machine, view, request, io)).finally(() => view.close());
    return { exitCode: document.exitCode, document, text: resumeText(document) };
  });
}

function doorsFor(machine: Machine, view: View, { json }: Request, io: Io): Doors {
  const warn = (text: string) => io.err(`${text}\n`);
  const show = (entry: Entry) => {
    if (entry.type === 'opened') io.setJournal(entry.places.journal);
    view.show(entry);
  };
  const tell = (text: string) => (json ? warn(text) : view.tell(machine.now(), text));
  const { version: program, interrupted, leaving } = io;
  return { machine, program, interrupted, leaving, show, tell, warn };
}

async function viewFor(request: Request, io: Io): Promise<View> {
  const { lineView } = await import('../view/lines.ts');
  if (request.json) return lineView(() => undefined);
  if (!io.isTerminal) return lineView(io.out);
  const { listrView } = await import('../view/listr-view.ts');
  return listrView();
}

/** The command line that does what was planned: that of the kept plan, or the same words with `apply` for `plan`. */
function applyLine(argv: readonly string[], { out, sandbox }: Request): string {
  const at = argv.indexOf('plan');
  const words = argv.map((word, index) => (index === at ? 'apply' : word));
  const kept = ['apply', '--plan', out ?? '', ...(sandbox === undefined ? [] : ['--sandbox', sandbox])];
  const line = out === undefined ? words.filter((word, index) => isForApply(word, words[index - 1])) : kept;
  return ['scim-setup', ...line.map((word) => (/\s/.test(word) ? `"${word}"` : word))].join(' ');
}

function isForApply(word: string, before: string | undefined): boolean {
  const isFacts = before === '--facts' || /^--facts(=|$)/.test(word);
  return !isFacts && !['--detailed-exitcode', '--explain'].includes(word);
}

type Opened = { readonly machine: Machine; readonly note: string; keep(): void };

/** What is to be looked at: the server, or the facts that were kept of one. */
async function withProbe<T>(request: Request, io: Io, work: (probe: Probe) => Promise<T>): Promise<T> {
  if (request.facts === undefined) return withServer(request, io, ({ machine }) => work(machine));
  if (request.sandbox !== undefined) {
    throw new SetupError(20, {
      message: '--facts and --sandbox contradict each other: both say which server is meant.',
      hint: 'Leave one of them out, in the environment too.',
    });
  }
  const [{ readFacts }, { factsProbe }] = [
    await import('../commands/read-facts.ts'),
    await import('../machine/facts-probe.ts'),
  ];
  const { facts, sandbox } = await readFacts(request.facts);
  return work(factsProbe(facts, sandbox));
}

/** Opens the server that the request means, and closes it; a scenario's fresh server goes again if nothing was done on it. */
async function withServer<T>(request: Request, io: Io, work: (opened: Opened) => Promise<T>): Promise<T> {
  if (request.sandbox === undefined) {
    const machine = await windowsServer(request, io);
    return work({ machine, note: '', keep: () => undefined }).finally(() => machine.close());
  }
  const { open, discard } = await import('../commands/sandbox.ts');
  const opened = await open(request.sandbox);
  let isKept = false;
  const keep = () => {
    isKept = true;
  };
  try {
    return await work({ machine: opened.machine, note: `\n${placeOf(opened.folder)}\n`, keep });
  } finally {
    if (!isKept) await discard(opened);
  }
}

function placeOf(folder: string): string {
  return `Simulated server: ${folder}; its drive C: is the folder c.`;
}

async function windowsServer({ command }: Request, io: Io): Promise<Machine> {
  if (io.platform !== 'win32') {
    throw new SetupError(21, {
      message: 'This is not Windows, and no simulated server was named.',
      hint: `Try it on a simulated one: scim-setup ${command} --sandbox scim-4.1 ...`,
    });
  }
  const [{ windowsMachine }, { readMsi }] = [
    await import('../machine/windows.ts'),
    await import('../media/read-media.ts'),
  ];
  return windowsMachine((disk) => (path) => readMsi(path, (file) => disk.open(file)));
}
