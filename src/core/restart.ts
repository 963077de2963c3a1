import { type Change, child, type Limits } from './call.ts';

/** Long enough to close the journal and to hand the exit code on, short enough that nobody else begins something. */
const delaySeconds = 60;

/**
 * The one command line of ours that restarts the server: planned, application installation (4:2), which is what the event log then
 * says. Logged-on users see the message (learn.microsoft.com: shutdown).
 */
export function restartCall(limits: Limits): Change {
  const message = 'scim-setup restarts this server to finish the change of the SCIM Connector, and goes on afterwards.';
  const args = ['/r', '/t', String(delaySeconds), '/d', 'p:4:2', '/c', message];
  return child('shutdown', '%SystemRoot%\\System32\\shutdown.exe', args, { limits }, null);
}
