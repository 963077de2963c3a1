import { playRandomSequences } from './sequence/check.ts';

playRandomSequences(30);
