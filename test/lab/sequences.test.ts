import { compareRandomSequences } from './installer/sequences.ts';

compareRandomSequences(10, 8);
