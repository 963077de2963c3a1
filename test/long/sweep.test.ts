import { it } from '../own-thread.ts';
import { routes } from '../sweep/routes.ts';
import { all, sweep } from '../sweep/sweep.ts';

for (const route of routes) {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route, all));
}
