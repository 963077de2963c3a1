import { it } from 'node:test';
import { suspendedBoth } from '../field-routes.ts';
import { sweep } from '../sweep.ts';

for (const route of suspendedBoth) {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route));
}
