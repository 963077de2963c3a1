import { type Server, timeOf } from '../server.ts';

/** The lines of one verbose log in the making. */
export class MsiLog {
  readonly #server: Server;
  readonly #lines: string[] = [];

  constructor(server: Server) {
    this.#server = server;
    this.#lines.push(
      `=== Verbose logging started: ${this.#date()}  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\\Windows\\system32\\msiexec.exe ===`,
    );
  }

  /** A line of the service, with its stamp. */
  say(text: string): void {
    this.#lines.push(`MSI (s) (1C:5C) [${this.#clock()}:000]: ${text}`);
  }

  /** A line as it is. */
  plain(text: string): void {
    this.#lines.push(text);
  }

  /** How an action ended: 1 success, 3 fatal (MS-msi, logging-of-action-return-values). */
  ended(action: string, value: 1 | 3, cause: string | null = null): void {
    if (cause !== null) this.plain(cause);
    this.plain(`Action ended ${this.#clock()}: ${action}. Return value ${value}.`);
  }

  started(action: string): void {
    this.plain(`Action start ${this.#clock()}: ${action}.`);
  }

  /** The whole log as msiexec leaves it: UTF-16LE with a byte order mark (domain 4.5). */
  bytes(code: number): Uint8Array {
    this.#lines.push(`MSI (s) (1C:5C) [${this.#clock()}:000]: MainEngineThread is returning ${code}`);
    this.#lines.push(`=== Verbose logging stopped: ${this.#date()} ===`);
    return Buffer.from(`\ufeff${this.#lines.join('\r\n')}\r\n`, 'utf16le');
  }

  #clock(): string {
    return timeOf(this.#server).slice(11, 19);
  }

  #date(): string {
    return timeOf(this.#server).replace('T', '  ').replace('Z', '');
  }
}
