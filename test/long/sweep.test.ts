import { it } from 'node:test';
import { fieldRoutes } from '../sweep/field-routes.ts';
import { sweep } from '../sweep/sweep.ts';

for (const route of fieldRoutes) {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route, { oneIn: 1, from: 0 }));
}
