import { moved, placed, shared, underAccount } from '../field-routes.ts';
import { sweepSome } from '../some.ts';

sweepSome([...placed, ...moved, ...shared, ...underAccount]);
