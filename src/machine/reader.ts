import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const begin = '===SCIM-FACTS-BEGIN===';
const end = '===SCIM-FACTS-END===';

/**
 * How long an answer may take, in ms; a reader without one by then is taken for dead. The slowest reading, DISM's list of features,
 * takes seconds. The limit can change once the answers of a run are known.
 */
export type AnswerLimit = { ms: number };

type Running = { readonly child: ChildProcessByStdio<Writable, Readable, null>; readonly lines: AsyncIterator<string> };

/** The reader: one PowerShell process a run, kept open. Each line asked gives one document; a dead one is started anew. */
export class Reader {
  readonly #powershell: string;
  readonly #args: readonly string[];
  readonly #limit: Readonly<AnswerLimit>;
  #running: Running | null = null;

  constructor(powershell: string, args: readonly string[], limit: Readonly<AnswerLimit>) {
    this.#powershell = powershell;
    this.#args = args;
    this.#limit = limit;
  }

  /** The document that answers one line, parsed; rejects with a sentence if two readers in a row could not give it. */
  async ask(line: string): Promise<unknown> {
    try {
      return await this.#askOnce(line);
    } catch {
      await this.close();
      return this.#askOnce(line);
    }
  }

  /** Ends the reader by closing its input. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.child.stdin.end();
    running?.child.kill();
  }

  async #askOnce(line: string): Promise<unknown> {
    this.#running ??= this.#start();
    const { child, lines } = this.#running;
    const { ms } = this.#limit;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill();
    }, ms);
    try {
      child.stdin.write(`${line}\n`);
      while ((await next(lines)).trim() !== begin);
      // Where the language is constrained, PowerShell itself prints, and breaks lines.
      let text = '';
      for (let line = await next(lines); line.trim() !== end; line = await next(lines)) text += line;
      return parsed(text);
    } catch (error) {
      throw isLate ? new Error(`PowerShell, which reads the server, gave no answer within ${ms / 1000} s`) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #start(): Running {
    const child = spawn(this.#powershell, this.#args, { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    // Without a listener either would end this program; the missing answer tells as much.
    child.once('error', () => undefined);
    child.stdin.on('error', () => undefined);
    // The document is ASCII by contract, whatever the console's code page is (T19).
    const lines = createInterface({ input: child.stdout.setEncoding('latin1') });
    return { child, lines: lines[Symbol.asyncIterator]() };
  }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const line = await lines.next();
  if (line.done) throw new Error('PowerShell, which reads the server, ended without an answer');
  return line.value;
}

/** What is no document is not quoted: it might hold anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('what PowerShell, which reads the server, has answered is no document');
  }
}
