import { damaged, leftover, oldPackages, replaced, several, suspended, suspendedBoth } from '../field-routes.ts';
import { sweepSome } from '../some.ts';

sweepSome([...replaced, ...damaged, ...oldPackages, ...several, ...leftover, ...suspended, ...suspendedBoth]);
