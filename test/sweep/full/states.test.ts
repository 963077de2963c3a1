import { damaged, leftover, oldPackages, replaced, several, suspended, suspendedBoth } from '../field-routes.ts';
import { sweepRare } from '../routes-swept.ts';

sweepRare([...replaced, ...damaged, ...oldPackages, ...several, ...leftover, ...suspended, ...suspendedBoth]);
