import { placesRoot } from '../core/places.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Machine } from '../machine/machine.ts';

/** Does something as the only run of this program on the server, or says who is at work (exit 1618). */
export async function locked<T>(command: string, machine: Machine, work: () => Promise<T>): Promise<T> {
  const lock = await machine.lock(`${placesRoot}\\lock`, `scim-setup ${command}, started ${machine.now()}`);
  if ('heldBy' in lock) {
    throw new SetupError(1618, {
      message: `Another run of scim-setup is at work: ${lock.heldBy}.`,
      hint: 'Wait until it has ended, then run again.',
    });
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
