import { describe, it } from 'node:test';
import { begun, installed, installing, type Kill, replace, stepsOf, survivesKill, upgrade } from '../lab/kill.ts';

const changes = { upgrade, replace };

/** At the begin of every step; of those that msiexec does, also while it is at work and once it has ended. */
function momentsOf(id: string): Readonly<Record<string, Kill['at']>> {
  const first = { 'is begun': () => begun(id) };
  if (!/^connector\.(upgrade|install|uninstall)/.test(id)) return first;
  return { ...first, 'has its msiexec at work': () => installing(id), 'has its msiexec ended': () => installed(id) };
}

for (const [name, change] of Object.entries(changes)) {
  const steps = await stepsOf(change);
  describe(`${name} that is killed`, () => {
    for (const id of steps) {
      for (const [when, at] of Object.entries(momentsOf(id)))
        it(`when ${id} ${when}: the next run ends with 0, and nothing is lost`, (test) =>
          survivesKill(test, { change, at }));
    }
  });
}
