import { reboot } from './reboot.ts';
import { msiWords, ownPool } from './scenario-connector.ts';
import { appcmd, bring, type Part } from './scenario-parts.ts';
import { elapse, type Server, stored } from './server.ts';
import { suspendMsiexec } from './tools/msiexec.ts';

/** An installation of a sample in which the server lost its power before an action; it has been started again since (T11). */
export function cutInstall(sample: string, before: string): Part {
  return async (server, packages) => {
    const path = await bring(server, packages, `SCIMConnector-${sample}.msi`);
    await cut(server, ['/i', path, ...msiWords()], before);
  };
}

/** The same of an uninstallation. */
export function cutUninstall(version: string, before: string): Part {
  return async (server) => {
    const product = stored(server, 'products').find((one) => one.version === version);
    await cut(server, ['/x', product?.productCode ?? '', ...msiWords()], before);
  };
}

async function cut(server: Server, args: readonly string[], before: string): Promise<void> {
  await appcmd(server, 'stop', 'apppool', `/apppool.name:${ownPool}`);
  elapse(server, 60_000);
  await suspendMsiexec(server, args, before);
  await reboot(server);
}
