import type { Io } from './cli/io.ts';
import { isCommand, parseCommandLine } from './cli/parser.ts';
import { asciiJson } from './core/ascii-json.ts';

/** Runs one command line and returns its exit code; prints one document with `--json`, else text. Never rejects. */
export async function runCli(io: Io): Promise<number> {
  let json = io.argv.includes('--json');
  try {
    const request = await parseCommandLine(io.argv, io.env, io.version);
    if (request === null || !isCommand(request.command)) return 0;
    json = request.json;
    const { handlers } = await import('./cli/handlers.ts');
    const { exitCode, document, text } = await handlers[request.command](request, io);
    io.out(json ? `${asciiJson(document)}\n` : printable(text));
    return exitCode;
  } catch (error) {
    return failed(error, json, io);
  }
}

async function failed(error: unknown, json: boolean, io: Io): Promise<number> {
  const { problemDocument, problemText } = await import('./view/problem.ts');
  const document = problemDocument(error, {
    version: io.version,
    node: io.node,
    platform: io.platform,
    journal: io.journal(),
    command: io.argv.find(isCommand) ?? null,
    sandbox: io.argv.some((word) => word.startsWith('--sandbox')),
  });
  if (json) io.out(`${asciiJson(document)}\n`);
  else io.err(printable(problemText(document)));
  return document.exitCode;
}

/** Text without control characters: a package or a file name could else steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => (char === '\n' ? char : '?'));
}
