import { damaged, leftover, replaced, several, suspended, suspendedBoth } from '../field-routes.ts';
import { sweepSome } from '../some.ts';

sweepSome([...replaced, ...damaged, ...several, ...leftover, ...suspended, ...suspendedBoth]);
