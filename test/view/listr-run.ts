// Shows runs in the listr2 view, one after the other, and says which one ended.
import type { Entry } from '../../src/core/journal.ts';
import { listrView } from '../../src/view/listr-view.ts';
import * as entries from './entries.ts';

const { already, closed, finished, install, opened, start, started, stop, turned, uninstall, upgrade } = entries;
const failed = finished('connector.upgrade', upgrade, 'first', ['4.4.4 is not registered']);

const runs: Readonly<Record<string, readonly Entry[]>> = {
  good: [
    opened(),
    started('pool.stop', stop),
    finished('pool.stop', stop),
    started('connector.upgrade', upgrade),
    finished('connector.upgrade', upgrade),
    already('pool.start', start),
    closed('converged'),
  ],
  'or else': [
    opened(),
    finished('pool.stop', stop),
    failed,
    finished('connector.upgrade', uninstall, 'orElse'),
    finished('connector.upgrade', install, 'orElse'),
    finished('pool.start', start),
    closed('converged'),
  ],
  'way back': [
    opened(),
    finished('pool.stop', stop),
    failed,
    turned('Upgrade to 4.4.4: ended with 1603.'),
    already('back-pool.stop', stop, 'back'),
    finished('back-connector.install', install, 'back', ['it did not work either']),
    finished('back-pool.start', start, 'back'),
    closed('failed-changed', 'not as before'),
  ],
  // What no run should do, and a picture must survive.
  'out of turn': [
    finished('pool.stop', stop),
    opened(),
    finished('unknown', stop),
    finished('pool.stop', stop),
    finished('pool.stop', stop, 'first', ['no longer so']),
    turned('once'),
    turned('twice'),
    opened({ plan: null }),
  ],
};

for (const [name, run] of Object.entries(runs)) {
  const view = listrView();
  view.tell('', 'before anything');
  for (const entry of run) {
    if (view.show(entry) !== undefined) throw new Error('a view must not answer');
    if (name === 'good' && entry.type === 'started') view.tell(entry.at, `still at work: ${entry.id}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  await view.close();
  await view.close();
  process.stdout.write(`That was: ${name}\n`);
}
