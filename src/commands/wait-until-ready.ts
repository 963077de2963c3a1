import type { Limits } from '../core/call.ts';
import { SetupError } from '../core/setup-error.ts';
import { notBegun } from '../run/former-child.ts';
import { waitUntilSettled } from '../run/settled.ts';
import { plainLook } from './plain-look.ts';
import type { Doors } from './request.ts';

/**
 * Waits before an unfinished run is taken up until Windows has finished what it does after a start, and where `mustServe` until IIS
 * runs. Past the limit of the answers: exit 25, or 21 where no restart would help.
 */
export async function waitUntilReady(
  limits: Limits,
  mustServe: boolean,
  { machine, warn, interrupted }: Pick<Doors, 'machine' | 'warn' | 'interrupted'>,
): Promise<void> {
  const { settle } = limits;
  const reason = await waitUntilSettled({
    look: () => machine.look(plainLook(limits)),
    sleep: async (ms) => {
      if (interrupted() !== 'no') throw notBegun();
      await machine.sleep(ms);
    },
    mustServe,
    limitMs: settle * 60_000,
    say: warn,
  });
  if (reason === null) return;
  throw new SetupError(reason.isServicing ? 25 : 21, {
    message: `The server is not ready after ${settle} minutes: ${reason.why}.`,
    hint: reason.isServicing
      ? 'Let Windows finish, or restart the server; the run goes on at its next start.'
      : 'Mend that, then run scim-setup resume; or restart the server.',
  });
}
