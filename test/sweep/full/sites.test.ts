import { moved, placed, shared } from '../field-routes.ts';
import { sweepSome } from '../some.ts';

sweepSome([...placed, ...moved, ...shared]);
