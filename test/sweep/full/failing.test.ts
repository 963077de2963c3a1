import { failing } from '../routes.ts';
import { sweepUsual } from '../routes-swept.ts';

sweepUsual(failing);
