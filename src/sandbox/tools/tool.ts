import type { Server } from '../server.ts';

/** How a simulated program ended. `code` is null if it could not be started. */
export type Ended = { readonly code: number | null; readonly output: string };

/** A simulated program: changes the server, and throws on arguments it does not know. `input` is what it reads, in lines. */
export type Tool = (server: Server, args: readonly string[], input?: readonly string[]) => Promise<Ended>;

/** What a tool throws when it is called in a way that nobody has given it a source for. */
export class UnknownCall extends Error {
  constructor(tool: string, detail: string) {
    super(`the simulated ${tool} does not know ${detail}`);
    this.name = 'UnknownCall';
  }
}

/** The answer of a program whose file is not there. */
export function notThere(file: string): Ended {
  return { code: null, output: `${file} is not there` };
}
