import { SetupError } from '../core/setup-error.ts';
import { decodeOutput } from '../machine/decode.ts';
import { openHostFile } from '../machine/host-files.ts';

/** A document of ours that is to be read: the option it was given with, and the command that writes it. */
export type Expected = { readonly option: '--facts' | '--plan'; readonly command: 'detect' | 'plan' };

/** Facts and plan of a server with thousands of files stay far below. */
const mostBytes = 16 * 1024 * 1024;

/**
 * The document in a file that `expected.command` has written, its other fields not looked at yet; UTF-16 as Windows PowerShell
 * redirects it is read too. What is not such a document is a SetupError (exit 20); nothing of the file is quoted.
 */
export async function readDocument(file: string, expected: Expected): Promise<Readonly<Record<string, unknown>>> {
  const { option, command } = expected;
  const value = parsed(await textOf(file, option), file, option);
  const written = `Give the file that scim-setup ${command} --out has written.`;
  if (!isDocument(value)) throw wrong(`${file} is not a document of scim-setup.`, written);
  if (value.command !== command) {
    throw wrong(`${file} is a document of the command ${value.command}, not of ${command}.`, written);
  }
  if (value.schema !== 1) {
    throw wrong(
      `${file} is of schema ${shownSchema(value.schema)}, and this version knows schema 1 only.`,
      `Use the version of scim-setup that wrote it, or write it again with this one.`,
    );
  }
  return value;
}

type Ours = Readonly<Record<string, unknown>> & { readonly command: string };

function isDocument(value: unknown): value is Ours {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'schema' in value && 'command' in value && /^[a-z]{1,20}$/.test(String(value.command));
}

function shownSchema(schema: unknown): string {
  return typeof schema === 'number' ? String(schema) : 'an unknown kind';
}

async function textOf(file: string, option: string): Promise<string> {
  const opened = await openHostFile(file);
  if (!opened) {
    throw wrong(`${file} is not there, is no file, or may not be read.`, `Check the path given with ${option}.`);
  }
  try {
    if (opened.size > mostBytes) {
      const sizes = `${opened.size} bytes, and no such document is larger than ${mostBytes}`;
      throw wrong(`${file} is too large: ${sizes}.`, `Check the path given with ${option}.`);
    }
    return await decodeOutput(await opened.read(0, opened.size), async () => 437);
  } finally {
    await opened.close();
  }
}

function parsed(text: string, file: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(`${file} is not JSON, or was cut short.`, `Check the path given with ${option}, or write it again.`);
  }
}

function wrong(message: string, hint: string): SetupError {
  return new SetupError(20, { message, hint });
}
