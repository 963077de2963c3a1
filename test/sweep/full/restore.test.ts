import { restores } from '../field-routes.ts';
import { sweepUsual } from '../routes-swept.ts';

sweepUsual(restores);
