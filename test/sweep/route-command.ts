import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apply, uninstall } from '../../src/commands/apply.ts';
import type { Doors, Request } from '../../src/commands/request.ts';
import { restore } from '../../src/commands/restore.ts';
import type { RunReport } from '../../src/core/report.ts';
import type { Route } from './routes.ts';

const samples = fileURLToPath(new URL('../../templates/samples', import.meta.url));

/** The command of a route, run once on the server behind the doors. */
export function runCommand(route: Route, doors: Doors): Promise<RunReport> {
  if (route.restores !== undefined) return restore(requestOf(route), doors);
  return route.to === null ? uninstall(requestOf(route), doors) : apply(requestOf(route), doors);
}

/** The command line of a route. */
export function requestOf({
  to,
  moves,
  restores,
  accept = [],
  properties = [],
  oldMsi,
  secret,
}: Pick<Route, 'to' | 'moves' | 'restores' | 'accept' | 'properties' | 'oldMsi' | 'secret'>): Request {
  const none = {
    ...(oldMsi === undefined ? {} : { oldMsi: sample(oldMsi) }),
    ...(secret === undefined
      ? {}
      : { secretProperty: ['PASSPHRASE'], environmentSecrets: new Map([['PASSPHRASE', secret]]) }),
    json: true,
    feature: [],
    property: to === null ? [] : properties,
    wayBackProperty: moves ? [] : properties,
    detailedExitcode: false,
    explain: false,
    accept,
  };
  if (restores !== undefined) return { command: 'restore', ...none, from: restores };
  if (to === null) return { command: 'uninstall', ...none };
  return { command: 'apply', ...none, msi: sample(to), hostingBundle: join(samples, 'dotnet-hosting-6.0.36-win.exe') };
}

/** Where the sample package of a version lies. */
export function sample(version: string): string {
  return join(samples, `SCIMConnector-${version}.msi`);
}
