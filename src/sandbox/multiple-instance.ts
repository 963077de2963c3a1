import { createHash } from 'node:crypto';
import { withNewKeys, withValues } from '../core/settings-merge.ts';
import { sharedPlaceIn } from '../core/shared-folder.ts';
import { bytesOf } from '../msi/package.ts';
import { shareOf } from './shares.ts';
import { filesOf, property, type Session } from './tools/msi-session.ts';

/**
 * What the connector's setup does in multiple-instance mode; the sentence says why it fails, null where it does not. The
 * vendor's page tells that a passphrase, turned into the key, and a folder for config and logs are asked for (domain 1.4).
 * That the folder gets the settings under their usual name, that settings which lie there are kept and get the keys that
 * are new, and that Responses\AppSettings.json names the folder, are assumptions.
 */
export async function shareConfig(session: Session): Promise<string | null> {
  if (property(session, 'INSTANCEMODE') !== 'Multiple') return null;
  const [folder, passphrase] = [property(session, 'SHAREDFOLDER').replace(/\\+$/, ''), property(session, 'PASSPHRASE')];
  if (folder === '' || passphrase === '') return 'Multiple-instance mode needs a shared folder and a passphrase.';
  const own = pathsOf(session);
  await rewrite(session, `${folder}\\appsettings.json`, async (there) => {
    if (there !== '') return withNewKeys(there, await packaged(session, own.settings));
    const key = createHash('sha256').update(passphrase).digest('base64');
    return withValues(await textOf(session, own.settings), ['/KEY'], JSON.stringify({ KEY: key }));
  });
  const named = JSON.stringify({ CONFIG_FILE_PATH: folder, LOG_PATH: folder });
  await rewrite(session, own.responses, async (text) => withValues(text, ['/CONFIG_FILE_PATH', '/LOG_PATH'], named));
  return null;
}

/** An uninstallation of its own, where the share is one that loses its settings with it (T15); to be asked before files go. */
export async function leaveShare(session: Session): Promise<void> {
  const { server } = session;
  const { responses } = pathsOf(session);
  const text = await textOf(session, responses);
  const place = sharedPlaceIn(text, responses.slice(0, responses.lastIndexOf('\\Responses\\')));
  if (session.outer || !place || !shareOf(server, place.folder)?.isEmptiedByUninstall) return;
  const path = `${place.folder}\\appsettings.json`;
  await session.undo?.keep(path);
  await server.drive.remove(path);
}

function pathsOf(session: Session): { readonly settings: string; readonly responses: string } {
  const paths = filesOf(session).map((file) => file.path);
  const named = (pattern: RegExp) => paths.find((path) => pattern.test(path)) ?? '';
  return {
    settings: named(/(?<!\\Responses)\\appsettings\.json$/i),
    responses: named(/\\Responses\\AppSettings\.json$/i),
  };
}

/** A file as the package has it. */
async function packaged(session: Session, path: string): Promise<string> {
  const file = filesOf(session).find((one) => one.path === path);
  const bytes = await bytesOf(session.package, file?.key ?? '', 2 ** 20);
  if ('problem' in bytes) throw new Error(`${session.source.name} ${bytes.problem}`);
  return new TextDecoder().decode(bytes);
}

async function rewrite(session: Session, path: string, change: (text: string) => Promise<string>): Promise<void> {
  const before = await textOf(session, path);
  const after = await change(before);
  if (after === before) return;
  await session.undo?.keep(path);
  await session.server.drive.write(path, after);
}

async function textOf({ server }: Session, path: string): Promise<string> {
  return new TextDecoder().decode((await server.drive.read(path)) ?? new Uint8Array());
}
