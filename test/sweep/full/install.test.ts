import { installs } from '../routes.ts';
import { sweepUsual } from '../routes-swept.ts';

sweepUsual(installs);
