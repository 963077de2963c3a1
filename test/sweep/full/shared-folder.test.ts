import { sharing } from '../field-routes.ts';
import { sweepRare } from '../routes-swept.ts';

sweepRare(sharing);
