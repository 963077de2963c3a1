import compare from 'semver/functions/compare.js';
import type { Hosting, Iis } from './facts.ts';

/** What IIS lacks to run applications of a bundle's line: a runtime that is not older, and the module with all its proofs. */
export function hostingGaps(hosting: Hosting, version: string): string[] {
  const runtime = newestRuntime(hosting, version);
  if (runtime === null)
    return [`there is no ASP.NET Core runtime ${lineOf(version)} for 64 bits`, ...moduleGaps(hosting)];
  if (compare(runtime, version) < 0)
    return [`ASP.NET Core runtime ${runtime} is older than ${version}`, ...moduleGaps(hosting)];
  return moduleGaps(hosting);
}

/** Which of the proofs that IIS can load the ASP.NET Core Module are absent. */
export function moduleGaps(hosting: Hosting): string[] {
  return (['registered', 'files', 'schema', 'configured'] as const)
    .filter((proof) => !hosting.module[proof])
    .map((proof) => moduleGap[proof]);
}

const moduleGap = {
  registered: 'the ASP.NET Core Module is not registered',
  files: 'the files of the ASP.NET Core Module are not there',
  schema: 'IIS does not know the section of the ASP.NET Core Module',
  configured: 'the ASP.NET Core Module is not in applicationHost.config',
} as const;

/** The newest 64-bit ASP.NET Core runtime of a version's line (`6.0`), or null. */
export function newestRuntime(hosting: Hosting, version: string): string | null {
  const versions = hosting.runtimes
    .filter(
      (one) => one.name === 'Microsoft.AspNetCore.App' && one.bits === 64 && lineOf(one.version) === lineOf(version),
    )
    .map((one) => one.version);
  return versions.sort(compare).at(-1) ?? null;
}

/** Major and minor of a .NET version: applications roll forward to a newer patch of their line, not to another line. */
export function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** What keeps IIS from seeing a hosting bundle: it must have started after it. */
export function restartGaps(iis: Iis | null, hosting: Hosting): string[] {
  if (!iis) return ['IIS is not there'];
  const { W3SVC } = iis.services;
  if (!W3SVC || W3SVC.state === 'stopped') return ['the service W3SVC is stopped'];
  const isOlder = hosting.changedAt !== null && W3SVC.startedAt !== null && W3SVC.startedAt < hosting.changedAt;
  return isOlder ? ['IIS was started before the hosting bundle was laid down, and does not see it'] : [];
}
