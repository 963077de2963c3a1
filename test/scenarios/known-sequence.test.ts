// Sequences that random play has found to end wrongly, shrunk; each must go well for ever.
import { rmSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { newFolderInMemory } from '../sweep/quick-files.ts';
import type { Operation, Sequence } from './sequence/operation.ts';
import { play } from './sequence/play.ts';

let work = '';
before(() => {
  work = newFolderInMemory();
});
after(() => rmSync(work, { recursive: true, force: true }));

const run = (to: string | null): Operation => ({ kind: 'run', to, trouble: null });
const cut = (to: string | null, kind: string, door: number): Operation => ({
  kind: 'run',
  to,
  trouble: { kind, door },
});
const edit: Operation = { kind: 'edit', value: 7 };
const doors = Array.from({ length: 20 }, (_, index) => 2 * index + 1);

/** Whatever the door at which the first run is cut: every other one is tried. */
const sequences: Readonly<Record<string, (door: number) => Sequence>> = {
  'a setting saved after a run was killed does not keep every later run from beginning': (door) => ({
    scenario: 'scim-4.1',
    operations: [cut('4.4.4', 'kill before', door), edit, run('4.4.4')],
  }),
  'after an unfinished downgrade the version of before is installed again, not said to be': (door) => ({
    scenario: 'same-version',
    operations: [cut('4.3.0', 'kill before', door), run('4.4.4')],
  }),
  'after an unfinished uninstallation the version of before is installed again, not said to be': (door) => ({
    scenario: 'scim-4.1',
    operations: [cut(null, 'code 1641 after the effect', door), run('4.1.0')],
  }),
  'an uninstallation after an unfinished first installation leaves no product': (door) => ({
    scenario: 'iis-only',
    operations: [cut('4.4.4', 'kill before', door), run(null)],
  }),
  'an uninstallation after an unfinished installation over leftovers leaves no product': (door) => ({
    scenario: 'leftovers',
    operations: [cut('4.4.4', 'code 1641 after the effect', door), run(null)],
  }),
  'another version after an unfinished installation over leftovers alone is there': (door) => ({
    scenario: 'leftovers',
    operations: [cut('4.3.0', 'kill before', door), run('4.4.4')],
  }),
  'a run that found Windows Installer busy, and had stopped the pool of what an unfinished run left, does not say untouched':
    (door) => ({
      scenario: 'scim-4.1',
      operations: [
        cut(null, 'kill before', door),
        cut('4.4.4.1', 'power cut amid', 22),
        cut('4.4.4', 'installer busy for ever', 1),
      ],
    }),
  'a failed upgrade of an application under another site leaves no pool of the standard installation behind': (
    door,
  ) => ({
    scenario: 'virtual-directory',
    operations: [cut('4.4.5-fails-old-gone', 'kill before', door), run('4.4.5-fails-old-gone'), run(null)],
  }),
  'settings entered after a first installation that was cut at its very end are in a backup when another version comes':
    (door) => ({
      scenario: 'iis-only',
      operations: [cut('4.3.0', 'kill before', door), edit, run('4.4.4')],
    }),
};

for (const [what, sequenceAt] of Object.entries(sequences)) {
  it(what, async () => {
    for (const [index, door] of doors.entries()) await play(sequenceAt(door), work, index);
  });
}
