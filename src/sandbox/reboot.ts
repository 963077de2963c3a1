import { startWebServices, stopWebServices } from './iis.ts';
import { elapse, remember, type Server, saveServer, store, stored, timeOf } from './server.ts';

const bootMs = 90_000;

/** How long Windows is at work after a start that finishes servicing: minutes on a small machine. */
const servicingMs = 4 * 60_000;

/**
 * Restarts the server: what was to be deleted is deleted, no restart is wanted any more, services run, and pools start by
 * themselves, those stopped by appcmd too (T1, T10). A suspended installation stays suspended (T11).
 */
export async function reboot(server: Server): Promise<void> {
  elapse(server, bootMs);
  for (const path of stored(server, 'restart').deletions) await server.drive.remove(path);
  const { features, restart } = server.facts;
  if (restart.known && restart.value.reasons.includes('servicing')) finishServicing(server);
  if (features.known) store(server, 'features', withoutPending(features.value));
  remember(server, { shutdown: null });
  store(server, 'restart', { reasons: [], deletions: [] });
  const iis = stored(server, 'iis');
  if (iis) {
    stopWebServices(server);
    startWebServices(server);
    store(server, 'iis', { ...(stored(server, 'iis') ?? iis), services: allRunning(server) });
  }
  await saveServer(server);
}

/** What waited for the start is finished in it, and for some time after it (peers 3.2). */
function finishServicing(server: Server): void {
  remember(server, { servicingUntil: new Date(Date.parse(server.memory.clock) + servicingMs).toISOString() });
}

type Features = ReturnType<typeof stored<'features'>>;

function withoutPending(features: Features): Features {
  const settled = { 'enable-pending': 'enabled', 'disable-pending': 'disabled' } as const;
  const state = (one: Features[string]) => (one in settled ? settled[one as keyof typeof settled] : one);
  return Object.fromEntries(Object.entries(features).map(([name, one]) => [name, state(one)]));
}

function allRunning(server: Server) {
  const names = Object.keys(stored(server, 'iis')?.services ?? {});
  return Object.fromEntries(names.map((name) => [name, { state: 'running' as const, startedAt: timeOf(server) }]));
}
