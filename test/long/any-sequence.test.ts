import { playRandomSequences } from '../scenarios/sequence/check.ts';

playRandomSequences(30 * 60);
