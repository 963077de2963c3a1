import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { loadServer, type Server, saveServer } from '../../src/sandbox/server.ts';
import { filesBelow, hostPath } from './drive.ts';
import { show } from './show.ts';
import { openWine, type Wine, windowsPath } from './wine.ts';
import { connectorFolder } from './witness.ts';

/** A command of the program that has ended: its full exit code, its one document, and that document's gist for a message. */
export type Ran = { readonly code: number; readonly ms: number; readonly json: Document; readonly gist: string };

/** What the tests read of a document of the program. */
type Document = {
  readonly exitCode: number;
  readonly message: string;
  readonly runId?: string | null;
  readonly route?: string;
  readonly findings?: readonly { readonly id: string; readonly message: string }[];
  readonly steps?: readonly DocumentStep[];
};

type DocumentStep = {
  readonly id: string;
  readonly step: { readonly kind: string };
  readonly ok: boolean;
  readonly meaning: string;
  readonly ms: number;
};

/** A server under Wine on which the very program runs. */
export type Lab = {
  readonly wine: Wine;
  /** Runs a command of the program by Windows Node, with --json. */
  run(args: readonly string[]): Ran;
  /** Begins such a command and does not wait for it: the process of Windows Node itself. */
  begin(args: readonly string[]): ChildProcess;
  close(): void;
};

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const program = windowsPath(join(checkout, 'src/main.ts'));

/** The path of a sample package or bundle as Windows sees it. */
export function sample(name: string): string {
  return windowsPath(join(checkout, 'templates/samples', name));
}

/** Shows a scenario of the sandbox in a Wine prefix of its own; the connector in it is installed by the real msiexec. */
export async function openLab({ scenario }: { scenario: string }): Promise<Lab> {
  const wine = await openWine();
  try {
    const server = await makeServer(wine, scenario);
    await showFromOutside(wine, server);
    installConnector(wine, server);
    const begin = (args: readonly string[]) => wine.begin(windowsNode(), [program, ...args, '--json']);
    return { wine, begin, run: (args) => runProgram(wine, args), close: wine.close };
  } catch (error) {
    wine.close();
    throw error;
  }
}

/** A lab for one test, which is closed when the test has ended. */
export async function labFor(test: TestContext, scenario: string): Promise<Lab> {
  const lab = await openLab({ scenario });
  test.after(() => lab.close());
  return lab;
}

async function makeServer(wine: Wine, scenario: string): Promise<Server> {
  const folder = join(wine.folder, 'server');
  const made = await createSandbox(folder, scenario);
  const server = 'problem' in made ? made : await loadServer(folder);
  if ('problem' in server) throw new Error(server.problem);
  return server;
}

async function showFromOutside(wine: Wine, server: Server): Promise<void> {
  const at = (name: string) => join(wine.folder, name);
  const registry = at('show.reg');
  await show(server, { drive: wine.drive, cim: at('cim.json'), answers: at('answers'), registry });
  await saveServer(server);
  writeFileSync(at('acls.json'), JSON.stringify(server.memory.acls));
  wine.tool('reg', ['import', windowsPath(registry)]);
  wine.environment({
    // Each prefix would get a copy of the program, and Wine's Task Scheduler loses what a task starts: see resume.test.ts.
    SCIM_SETUP_RESUME: 'off',
    SCIM_SETUP_LAB_NODE: windowsPath(windowsNode()),
    SCIM_SETUP_LAB_SHIM: windowsPath(fileURLToPath(new URL('./shim.ts', import.meta.url))),
    SCIM_SETUP_LAB_FOLDER: windowsPath(wine.folder),
    SCIM_SETUP_LAB_ACLS: windowsPath(at('acls.json')),
    SCIM_SETUP_LAB_CIM: windowsPath(at('cim.json')),
    SCIM_SETUP_LAB_ANSWERS: windowsPath(at('answers')),
  });
}

/** Installs what the scenario has, then lays the scenario's edited files over the fresh ones. */
function installConnector(wine: Wine, server: Server): void {
  const products = server.facts.products.known ? server.facts.products.value : [];
  for (const { version, packageName } of products) {
    const name = packageName ?? `SCIMConnector-${version}.msi`;
    const { code } = wine.start('C:\\windows\\system32\\msiexec.exe', ['/i', sample(name), '/qn', 'ALLUSERS=1']);
    if (code !== 0) throw new Error(`msiexec of ${name} ended with ${code}`);
  }
  const edited = hostPath(join(server.folder, 'c'), connectorFolder);
  for (const name of filesBelow(edited)) {
    const target = hostPath(wine.drive, `${connectorFolder}\\${name}`);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(edited, ...name.split('\\')), target);
  }
}

function runProgram(wine: Wine, args: readonly string[]): Ran {
  const { code, ms, stdout, stderr } = wine.start(windowsPath(windowsNode()), [program, ...args, '--json']);
  try {
    const json: Document = JSON.parse(stdout);
    return { code, ms, json, gist: gistOf(json, stderr) };
  } catch {
    throw new Error(`scim-setup ${args[0]} ended with ${code} and printed no document:\n${stdout}\n${stderr}`);
  }
}

function gistOf({ message, findings = [], steps = [] }: Document, stderr: string): string {
  const lines = [
    message,
    ...findings.map((one) => `finding ${one.id}: ${one.message}`),
    ...steps.map((one) => `step ${one.id}: ${one.ok ? 'ok' : 'failed'}, ${one.meaning}`),
    stderr,
  ];
  return lines.join('\n');
}
