import { it } from 'node:test';
import { moved } from '../field-routes.ts';
import { sweep } from '../sweep.ts';

for (const route of moved) {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route));
}
