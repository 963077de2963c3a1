import { holdersText } from '../core/busy.ts';
import type {
  ConfigFile,
  ConnectorFolder,
  Facts,
  Hosting,
  Iis,
  InstallerState,
  Product,
  Reading,
  SharedFolder,
} from '../core/facts.ts';
import { poolNamed } from '../core/site-gaps.ts';
import { counted, nameOfSite } from '../core/words.ts';
import { hanging, labelled } from './layout.ts';

/** The facts of a server for a person: the few lines that decide what can be done with it. */
export function factsText(facts: Facts, sandbox: boolean): string {
  const { machine, products, iis, hosting, config, shared, folders, restart, installer } = facts;
  const title = of(machine, (one) => `${one.name}, Windows ${one.os.version} ${one.os.edition}`);
  return `${[
    labelled(title, sandbox),
    row('Connector', of(products, productsText)),
    row('Config', of(config, configText)),
    ...(shared.known && shared.value === null ? [] : [row('Shared', of(shared, sharedText))]),
    row('Folders', of(folders, foldersText)),
    row('IIS', of(iis, iisText)),
    row('.NET', of(hosting, runtimesText)),
    row('Module', of(hosting, moduleText)),
    ...(installer.known && isIdle(installer.value) ? [] : [row('Installer', of(installer, installerText))]),
    row(
      'Restart',
      of(restart, (one) => one.reasons.join(', ') || 'none pending'),
    ),
  ].join('\n')}\n`;
}

/** The run that is not finished, for whoever looks at a server; nothing where there is none. */
export function unfinishedText(unfinished: Reading<string | null>): string {
  if (unfinished.known && unfinished.value === null) return '';
  const text = (id: string | null) => `${id} is not finished; scim-setup resume goes on with it`;
  return `${row('Run', of(unfinished, text))}\n`;
}

/** Which facts a simulated server was made from, and what is not as on that server; nothing for any other. */
export function madeFromText(
  made: null | { readonly server: string | null; readonly takenAt: string; readonly notes: readonly string[] },
): string {
  if (!made) return '';
  const title = `\n  Made from facts of ${made.server ?? 'an unknown server'}, ${made.takenAt}. It is not that server:`;
  return `${[title, ...made.notes.map((note) => hanging(note, '  - ', 4))].join('\n')}\n`;
}

function row(name: string, text: string): string {
  const first = `  ${name.padEnd(12)} `;
  return hanging(text, first, first.length);
}

function of<T>(reading: Reading<T>, text: (value: T) => string): string {
  return reading.known ? text(reading.value) : `could not be read: ${reading.why}`;
}

function productsText(products: readonly Product[]): string {
  return (
    products.map((one) => `${one.version} in ${one.folder ?? 'an unknown folder'}`).join(' and ') || 'not installed'
  );
}

function configText(files: readonly ConfigFile[]): string {
  const folders = files.map((one) => one.path.slice(0, one.path.lastIndexOf('\\') + 1));
  const top = folders.sort((left, right) => left.length - right.length)[0] ?? '';
  const names = files.map((one) => (one.path.startsWith(top) ? one.path.slice(top.length) : one.path));
  return files.length === 0 ? 'none' : `${counted(files.length, 'file')}: ${names.join(', ')}`;
}

function sharedText(shared: SharedFolder | null): string {
  return shared ? `${shared.folder}; ${of(shared.files, configText)}` : 'none';
}

function foldersText(folders: readonly ConnectorFolder[]): string {
  const one = ({ path, files, logs }: ConnectorFolder) =>
    `${path} (${counted(files, 'file')}, ${counted(logs, 'log')})`;
  return folders.map(one).join(', ') || 'none';
}

function iisText(iis: Iis | null): string {
  const sites = iis?.sites.map((site) => {
    const pool = poolNamed(iis, site.pool)?.state === 'stopped' ? `, its pool ${site.pool} stopped` : '';
    return `${nameOfSite(site)} (${site.state}${pool})`;
  });
  return iis ? `${iis.version}; sites: ${sites?.join(', ') || 'none'}` : 'not there';
}

function runtimesText({ runtimes }: Hosting): string {
  const names = [...new Set(runtimes.map((one) => `${one.name} ${one.version}`))];
  const bits = (name: string) => runtimes.filter((one) => `${one.name} ${one.version}` === name).map((one) => one.bits);
  return names.map((name) => `${name} (${bits(name).join(' and ')} bits)`).join(', ') || 'no runtime';
}

function isIdle({ suspended, disabledByPolicy, holders }: InstallerState): boolean {
  return !suspended && !disabledByPolicy && holders.length === 0;
}

function installerText({ suspended, disabledByPolicy, holders }: InstallerState): string {
  const texts = [
    ...(holders.length > 0 ? [`at work for ${holdersText(holders)}`] : []),
    ...(suspended ? ['holds an installation that was begun and not ended'] : []),
    ...(disabledByPolicy ? ['disabled by policy'] : []),
  ];
  return texts.join('; ');
}

function moduleText({ module }: Hosting): string {
  return module.registered && module.configured ? 'the ASP.NET Core Module is in IIS' : 'no ASP.NET Core Module';
}
