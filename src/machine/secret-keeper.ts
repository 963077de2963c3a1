import type { Secrets } from '../core/secrets.ts';
import type { Disk } from './disk.ts';
import type { Tried } from './machine.ts';
import type { Reader } from './reader.ts';

/**
 * Keeps secrets in a file that only this server can read (DPAPI, LocalMachine), by a PowerShell of its own: values go in and out by
 * its standard input and output, and stand in no command line and in no other file.
 */
export class SecretKeeper {
  readonly #start: () => Pick<Reader, 'ask' | 'close'>;
  readonly #disk: Pick<Disk, 'read' | 'write'>;

  constructor(start: () => Pick<Reader, 'ask' | 'close'>, disk: Pick<Disk, 'read' | 'write'>) {
    this.#start = start;
    this.#disk = disk;
  }

  async keep(path: string, secrets: Secrets): Promise<Tried> {
    const plain = Buffer.from(JSON.stringify([...secrets]), 'utf8').toString('base64');
    const kept = await this.#asked('protect', plain);
    if (kept === null) return { ok: false, why: 'Windows could not encrypt them' };
    await this.#disk.write(path, Buffer.from(kept, 'base64'));
    return { ok: true };
  }

  async read(path: string): Promise<Secrets | null> {
    const bytes = await this.#disk.read(path);
    const plain = bytes && (await this.#asked('unprotect', Buffer.from(bytes).toString('base64')));
    if (!plain) return null;
    return new Map(JSON.parse(Buffer.from(plain, 'base64').toString('utf8')) as [string, string][]);
  }

  /** Bytes in base64, or null where Windows could not do it; what was wrong is not quoted, it could hold a secret. */
  async #asked(what: 'protect' | 'unprotect', base64: string): Promise<string | null> {
    const powershell = this.#start();
    try {
      const answer = (await powershell.ask(`${what}\t${base64}`)) as { readonly bytes?: unknown };
      return typeof answer.bytes === 'string' && answer.bytes !== '' ? answer.bytes : null;
    } catch {
      return null;
    } finally {
      await powershell.close();
    }
  }
}
