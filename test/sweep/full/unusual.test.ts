import { unusual } from '../routes.ts';
import { sweepUsual } from '../routes-swept.ts';

sweepUsual(unusual);
