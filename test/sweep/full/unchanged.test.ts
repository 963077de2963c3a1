import { unchanged } from '../field-routes.ts';
import { sweepUnchanged } from '../routes-swept.ts';

sweepUnchanged(unchanged);
