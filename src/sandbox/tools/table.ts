import { appcmd } from './appcmd.ts';
import { dism } from './dism.ts';
import { eventcreate } from './eventcreate.ts';
import { hosting } from './hosting.ts';
import { msiexec } from './msiexec.ts';
import { net } from './net.ts';
import { netsh } from './netsh.ts';
import { powershell } from './powershell.ts';
import { schtasks } from './schtasks.ts';
import { shutdown } from './shutdown.ts';
import type { Tool } from './tool.ts';

/**
 * The simulated programs by name. `hosting` takes the path of its own file on the simulated drive as the first argument;
 * the others take what follows their name in a command line.
 */
export const tools: Readonly<
  Record<
    | 'dism'
    | 'hosting'
    | 'msiexec'
    | 'appcmd'
    | 'powershell'
    | 'net'
    | 'netsh'
    | 'eventcreate'
    | 'schtasks'
    | 'shutdown',
    Tool
  >
> = {
  dism,
  hosting,
  msiexec,
  appcmd,
  powershell,
  net,
  netsh,
  eventcreate,
  schtasks,
  shutdown,
};
