import type { Reading } from './facts.ts';

/** What follows from a reading; where that failed, why it did. */
export function withReading<T, R>(reading: Reading<T>, judge: (value: T) => R): Reading<R> {
  return reading.known ? { known: true, value: judge(reading.value) } : reading;
}

/** What follows from two readings; where one failed, why the first of them did. */
export function both<A, B, R>(left: Reading<A>, right: Reading<B>, judge: (left: A, right: B) => R): Reading<R> {
  if (!left.known) return left;
  return withReading(right, (value) => judge(left.value, value));
}
