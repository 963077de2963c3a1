import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import type { Pool, ReaderIis, Site } from '../core/facts.ts';

type Element = { readonly [name: string]: string | Element | readonly Element[] | undefined };

const listed = new Set(['site', 'application', 'virtualDirectory', 'binding', 'add']);

/**
 * Sites, applications and pools as applicationHost.config has them, with the states that IIS told. It is only ever read
 * this way: writing it back would lose bytes. `expand` puts environment variables in. Throws on what is not such a file.
 */
export function sitesAndPools(
  xml: string,
  states: Pick<ReaderIis, 'siteStates' | 'poolStates' | 'workers'>,
  expand: (path: string) => string,
): { readonly sites: readonly Site[]; readonly pools: readonly Pool[] } {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => listed.has(name),
  });
  const host = at(parser.parse(xml, true) as Element, 'configuration', 'system.applicationHost');
  if (!host) throw new Error('applicationHost.config has no system.applicationHost');
  const defaultIdentity = identityOf(
    at(host, 'applicationPools', 'applicationPoolDefaults', 'processModel'),
    'ApplicationPoolIdentity',
  );
  const defaultPool = text(at(host, 'sites', 'applicationDefaults'), 'applicationPool') ?? 'DefaultAppPool';
  return {
    sites: all(at(host, 'sites'), 'site').flatMap((site) =>
      applicationsOf(site, states.siteStates, defaultPool, expand),
    ),
    pools: all(at(host, 'applicationPools'), 'add').map((pool) => poolOf(pool, states, defaultIdentity)),
  };
}

function applicationsOf(
  site: Element,
  states: ReaderIis['siteStates'],
  defaultPool: string,
  expand: (path: string) => string,
): Site[] {
  const name = text(site, 'name') ?? '';
  const pool = text(at(site, 'applicationDefaults'), 'applicationPool') ?? defaultPool;
  const bindings = all(at(site, 'bindings'), 'binding').map(
    (one) => `${text(one, 'protocol')}/${text(one, 'bindingInformation')}`,
  );
  const state = states[name];
  if (state === undefined) throw new Error(`IIS does not tell the state of site ${name}`);
  return all(site, 'application').map((application) => ({
    name,
    application: text(application, 'path') ?? '/',
    folder: expand(folderOf(application)),
    pool: text(application, 'applicationPool') ?? pool,
    bindings,
    state,
  }));
}

function folderOf(application: Element): string {
  const root = all(application, 'virtualDirectory').find((one) => text(one, 'path') === '/');
  return text(root, 'physicalPath') ?? '';
}

function poolOf(pool: Element, states: Pick<ReaderIis, 'poolStates' | 'workers'>, defaultIdentity: string): Pool {
  const name = text(pool, 'name') ?? '';
  const state = states.poolStates[name];
  if (state === undefined) throw new Error(`IIS does not tell the state of pool ${name}`);
  const workers = states.workers.filter((worker) => worker === name).length;
  const identity = identityOf(at(pool, 'processModel'), defaultIdentity);
  const sid = identity === 'ApplicationPoolIdentity' ? poolSid(name) : wellKnown[identity];
  return { name, identity, state, workers, ...(sid === undefined ? {} : { sid }) };
}

/** As SDDL writes them (MS-DTYP 2.4.2.4, 2.5.1.1). */
const wellKnown: Readonly<Record<string, string>> = { LocalSystem: 'SY', LocalService: 'LS', NetworkService: 'NS' };

/**
 * The SID of `IIS AppPool\\<name>`: S-1-5-82 and the five little-endian words of the SHA-1 of the lower-case name in UTF-16, as Windows
 * makes them of the names of its services too (Windows Internals: Virtual service accounts).
 */
export function poolSid(name: string): string {
  const digest = createHash('sha1').update(Buffer.from(name.toLowerCase(), 'utf16le')).digest();
  const words = [0, 4, 8, 12, 16].map((offset) => digest.readUInt32LE(offset));
  return ['S-1-5-82', ...words].join('-');
}

/** Without its password: that stands here encrypted, and is never read. */
function identityOf(model: Element | null, otherwise: string): string {
  const type = text(model, 'identityType') ?? otherwise;
  return type === 'SpecificUser' ? `SpecificUser:${text(model, 'userName') ?? ''}` : type;
}

function at(element: Element, ...names: readonly string[]): Element | null {
  const [name, ...rest] = names;
  if (name === undefined) return element;
  const next = element[name];
  return typeof next === 'object' && !Array.isArray(next) ? at(next as Element, ...rest) : null;
}

function all(element: Element | null | undefined, name: string): readonly Element[] {
  const found = element?.[name];
  return Array.isArray(found) ? found : [];
}

function text(element: Element | null | undefined, attribute: string): string | null {
  const value = element?.[`@${attribute}`];
  return typeof value === 'string' ? value : null;
}
