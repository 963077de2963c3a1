/** Virus scanners hold files for seconds after they were written (T22). */
const holdLimitMs = 30_000;
const pauseMs = 500;

/**
 * What Windows says of a file that somebody holds without sharing it (libuv maps ERROR_SHARING_VIOLATION so). A rename over a file
 * that is held is denied instead, as is one to a file that is being deleted.
 */
export const held = ['EBUSY'];
export const heldOrDenied = ['EBUSY', 'EPERM', 'EACCES'];

/** Does file work again and again while its error is one of these, for as long as a virus scanner may hold a file. */
export async function patiently<T>(
  work: () => Promise<T>,
  codes: readonly string[],
  sleep: (ms: number) => Promise<void>,
): Promise<T> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await work();
    } catch (error) {
      const isHeld = codes.includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isHeld || waited >= holdLimitMs) throw error;
      await sleep(pauseMs);
    }
  }
}
