import { startWebServices, stopWebServices } from './iis.ts';
import { elapse, type Server, saveServer, store, stored, timeOf } from './server.ts';

const bootMs = 90_000;

/**
 * Restarts the server: what was to be deleted is deleted, no restart is wanted any more, services run, and pools start by
 * themselves, those stopped by appcmd too (T1, T10). A suspended installation stays suspended (T11).
 */
export async function reboot(server: Server): Promise<void> {
  elapse(server, bootMs);
  for (const path of stored(server, 'restart').deletions) await server.drive.remove(path);
  store(server, 'restart', { reasons: [], deletions: [] });
  const iis = stored(server, 'iis');
  if (iis) {
    stopWebServices(server);
    startWebServices(server);
    store(server, 'iis', { ...(stored(server, 'iis') ?? iis), services: allRunning(server) });
  }
  await saveServer(server);
}

function allRunning(server: Server) {
  const names = Object.keys(stored(server, 'iis')?.services ?? {});
  return Object.fromEntries(names.map((name) => [name, { state: 'running' as const, startedAt: timeOf(server) }]));
}
