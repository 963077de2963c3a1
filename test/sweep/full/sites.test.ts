import { moved, placed, shared, underAccount } from '../field-routes.ts';
import { sweepRare } from '../routes-swept.ts';

sweepRare([...placed, ...moved, ...shared, ...underAccount]);
