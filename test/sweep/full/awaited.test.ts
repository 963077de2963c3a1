import { it } from 'node:test';
import { awaited } from '../field-routes.ts';
import { sweep } from '../sweep.ts';

for (const { route, what } of awaited) {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so`, { todo: what }, () => sweep(route));
}
