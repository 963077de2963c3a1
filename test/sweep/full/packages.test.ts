import { damaged, oldPackages, replaced } from '../field-routes.ts';
import { sweepRare } from '../routes-swept.ts';

sweepRare([...replaced, ...damaged, ...oldPackages]);
