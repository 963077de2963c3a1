import { compareRandomSequences } from '../lab/installer/sequences.ts';

compareRandomSequences(200, 40);
