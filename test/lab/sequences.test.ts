import { compareRandomSequences } from './installer/sequences.ts';

compareRandomSequences(20, 8);
