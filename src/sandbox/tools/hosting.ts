import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { Hosting } from '../../core/facts.ts';
import { readBundle } from '../../media/bundle.ts';
import { editHost } from '../host-config.ts';
import { addAspNetCore } from '../new-host-config.ts';
import { elapse, type Server, store, stored, timeOf } from '../server.ts';
import { frameworksFolder, moduleFile, outOfProcessFile, schemaFile } from './hosting-places.ts';
import { isHeld } from './msiexec.ts';
import { type Ended, notThere, UnknownCall } from './tool.ts';

type Options = Readonly<Record<string, 0 | 1>>;
type Request = { readonly verb: 'install' | 'repair'; readonly log: string | null; readonly given: Options };

/** The options of the bundle (dotnet/aspnetcore: WindowsHostingBundle/Bundle.wxs). */
const optionNames = ['OPT_NO_ANCM', 'OPT_NO_RUNTIME', 'OPT_NO_SHAREDFX', 'OPT_NO_X86', 'OPT_NO_SHARED_CONFIG_CHECK'];

const installingMs = 30_000;

/** The .NET hosting bundle: the first argument is its own file, the others are what Burn was given. */
export async function hosting(server: Server, [file = '', ...args]: readonly string[]): Promise<Ended> {
  const request = requestOf(args);
  const source = await server.drive.open(file);
  if (!source) return notThere(file);
  const bundle = await readBundle(source).finally(() => source.close());
  if ('problem' in bundle) return { code: null, output: `${file} ${bundle.problem}` };
  // The packages in it are installed by Windows Installer, and Burn ends with the code of the one that failed.
  if (isHeld(server)) return { code: 1618, output: '' };
  elapse(server, installingMs);
  const ended = await runBundle(server, bundle.version, request);
  if (ended.code === 0) await cacheBundle(server, bundle.version, file);
  if (request.log !== null) await server.drive.write(request.log, burnLog(server, file, args, ended));
  return ended;
}

/** Does what a bundle of a version does; used as well for servers on which one was run long ago. */
export async function runBundle(
  server: Server,
  version: string,
  { verb, given }: Omit<Request, 'log'>,
): Promise<Ended> {
  const options = effectiveOptions(server, version, given);
  const withModule = options.OPT_NO_ANCM !== 1 && hasWebServer(server);
  if (
    withModule &&
    options.OPT_NO_SHARED_CONFIG_CHECK !== 1 &&
    isShared(server) &&
    !stored(server, 'hosting').module.registered
  ) {
    // ANCMV2: CheckForSharedConfiguration fails the first install, and Burn takes the chain back (domain 6.2).
    return { code: 1603, output: 'IIS Shared Configuration is enabled.\r\n' };
  }
  const isNew = !stored(server, 'hosting').bundles.some((one) => one.version === version);
  const isModuleNew = withModule && !stored(server, 'hosting').module.configured;
  if (isNew || isModuleNew || verb === 'repair') {
    await layRuntimes(server, version, options);
    if (withModule) {
      await layModule(server, version);
      change(server, { changedAt: timeOf(server) });
    }
  }
  const bundles = stored(server, 'hosting').bundles;
  if (isNew) change(server, { bundles: [...bundles, { version, cachedAt: null }] });
  change(server, { options: { ...stored(server, 'hosting').options, [lineOf(version)]: options } });
  return { code: 0, output: '' };
}

/** Options of an earlier bundle of the same line are reused unless at least one is given (peers 3.4). */
function effectiveOptions(server: Server, version: string, given: Options): Options {
  const kept = stored(server, 'hosting').options[lineOf(version)] ?? {};
  const used = Object.keys(given).length > 0 ? given : kept;
  return Object.fromEntries(optionNames.map((name) => [name, used[name] ?? 0]));
}

/** The condition of the module's package: without both, it is skipped and the bundle still ends with 0 (peers 3.4). */
function hasWebServer(server: Server): boolean {
  const components = stored(server, 'iis')?.components ?? [];
  return components.includes('CoreWebEngine') && components.includes('W3SVC');
}

function isShared(server: Server): boolean {
  return (stored(server, 'iis')?.sharedConfiguration ?? null) !== null;
}

async function layModule(server: Server, version: string): Promise<void> {
  const said = `A file of a simulated server: the ASP.NET Core Module of the hosting bundle ${version}.\r\n`;
  await server.drive.write(moduleFile, said);
  await server.drive.write(outOfProcessFile(version), said);
  await server.drive.write(schemaFile, `<!-- ${said.trim()} -->\r\n`);
  editHost(server, addAspNetCore);
  change(server, { module: { registered: true, files: false, schema: false, configured: true, eventSource: true } });
}

async function layRuntimes(server: Server, version: string, options: Options): Promise<void> {
  const names = [
    ...(options.OPT_NO_RUNTIME === 1 ? [] : ['Microsoft.NETCore.App']),
    ...(options.OPT_NO_SHAREDFX === 1 ? [] : ['Microsoft.AspNetCore.App']),
  ];
  for (const bits of options.OPT_NO_X86 === 1 ? [64 as const] : [64 as const, 32 as const]) {
    for (const name of names) {
      const path = `${frameworksFolder(bits)}\\${name}\\${version}\\${name}.deps.json`;
      await server.drive.write(path, `{"name": "${name}", "version": "${version}", "simulated": true}\r\n`);
    }
  }
}

/** Burn keeps the bundle for repair and removal; `module` and `runtimes` are read from the files at each look. */
async function cacheBundle(server: Server, version: string, file: string): Promise<void> {
  const id = createHash('sha256').update(version).digest('hex').slice(0, 32).toUpperCase();
  const guid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '{$1-$2-$3-$4-$5}');
  const cachedAt = `C:\\ProgramData\\Package Cache\\${guid}\\${win32.basename(file)}`;
  await server.drive.copy(file, cachedAt);
  const bundles = stored(server, 'hosting').bundles;
  change(server, { bundles: bundles.map((one) => (one.version === version ? { version, cachedAt } : one)) });
}

function change(server: Server, changes: Partial<Hosting>): void {
  store(server, 'hosting', { ...stored(server, 'hosting'), ...changes });
}

function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function requestOf(args: readonly string[]): Request {
  const at = args.indexOf('/log');
  const log = at < 0 ? null : (args[at + 1] ?? null);
  const words = args.filter((_word, index) => at < 0 || (index !== at && index !== at + 1));
  const verbs = words.filter((word) => word === '/install' || word === '/repair');
  const isQuiet = words.includes('/quiet') && words.includes('/norestart');
  if (verbs.length !== 1 || !isQuiet) throw new UnknownCall('hosting bundle', args.join(' '));
  const rest = words.filter((word) => !['/install', '/repair', '/quiet', '/norestart'].includes(word));
  return { verb: verbs[0] === '/install' ? 'install' : 'repair', log, given: Object.fromEntries(rest.map(optionOf)) };
}

function optionOf(word: string): [string, 0 | 1] {
  const match = /^(OPT_NO_[A-Z0-9_]+)=([01])$/.exec(word);
  if (!match?.[1] || !optionNames.includes(match[1])) throw new UnknownCall('hosting bundle', word);
  return [match[1], match[2] === '1' ? 1 : 0];
}

function burnLog(server: Server, file: string, args: readonly string[], ended: Ended): string {
  const time = timeOf(server).replace('Z', '');
  const code = `0x${(ended.code ?? 0).toString(16)}`;
  const lines = [
    `i001: Burn v3.14.1, Command Line: '${args.join(' ')}', path: ${file}`,
    `i399: Apply complete, result: ${code}, restart: None`,
  ];
  return `${lines.map((line) => `[0001:0001][${time}]${line}`).join('\r\n')}\r\n`;
}
