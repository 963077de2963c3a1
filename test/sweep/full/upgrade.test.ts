import { upgrades } from '../routes.ts';
import { sweepUsual } from '../routes-swept.ts';

sweepUsual(upgrades);
