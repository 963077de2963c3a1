import { leftover, old, several, suspended, suspendedBoth } from '../field-routes.ts';
import { sweepRare } from '../routes-swept.ts';

sweepRare([...several, ...leftover, ...old, ...suspended, ...suspendedBoth]);
