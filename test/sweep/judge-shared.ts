import { leaves } from './judge.ts';
import type { ServerState } from './server-state.ts';

/** The files that a server has in folders of other machines, by their paths in lower case. */
export function sharedFiles({ files }: ServerState): Map<string, Buffer> {
  return new Map([...files].filter(([path]) => path.startsWith('\\\\')));
}

/** The values of settings in a shared folder that are not there any more, or are others, one sentence each. */
export function sharedLost(before: ServerState, now: ServerState): string[] {
  return [...sharedFiles(before)].flatMap(([path, bytes]) => {
    const found = leaves(now.files.get(path));
    const lost = [...leaves(bytes)].filter(([name, value]) => found.get(name) !== value);
    return lost.map(([name]) => `${path}: the value of ${name} is lost`);
  });
}

/** A server as it was, but for what is in its shared folders now. */
export function withShared({ document, files }: ServerState, now: ServerState): ServerState {
  const own = [...files].filter(([path]) => !path.startsWith('\\\\'));
  return { document, files: new Map([...own, ...sharedFiles(now)]) };
}

/** The files that show a secret; behind its first quote it may be written in other ways. */
export function secretShown({ document, files }: ServerState, secret: string): string[] {
  const [start = ''] = secret.split('"');
  const forms = (['utf8', 'utf16le'] as const).map((form) => Buffer.from(start.trim(), form));
  const all = new Map([...files, ['server.json', Buffer.from(JSON.stringify(document))] as const]);
  const showing = [...all].filter(([, bytes]) => forms.some((form) => bytes.includes(form)));
  return showing.map(([path]) => `${path} shows the secret`);
}
