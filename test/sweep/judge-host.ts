import type { ServerState, Site } from './server-state.ts';

/** Where IIS keeps its configuration. */
export const hostFile = 'c:\\windows\\system32\\inetsrv\\config\\applicationhost.config';

/** The pieces of an applicationHost.config, told apart here without a line of the program. */
type Parts = {
  readonly pools: ReadonlyMap<string, string>;
  /** A site without the applications of the connector below it. */
  readonly sites: ReadonlyMap<string, string>;
  /** Those applications by `site/path`. */
  readonly applications: ReadonlyMap<string, string>;
  /** The lines of all the rest. */
  readonly rest: readonly string[];
};

/** How the text of the connector's site, application and pools differs in applicationHost.config, one sentence each. */
export function ownTexts(before: ServerState, now: ServerState, folders: readonly string[]): string[] {
  const [old, found] = [partsOf(before, folders), partsOf(now, folders)];
  const isOwn = isOwnIn(before, folders);
  return [
    ...different('the text of pool', old.pools, found.pools, isOwn.pool),
    ...different('the text of site', old.sites, found.sites, isOwn.site),
    ...different('the text of application', old.applications, found.applications, () => true),
  ];
}

/** The same of what is somebody else's: no character of it may be lost; what prerequisites add are lines of their own. */
export function foreignTexts(before: ServerState, now: ServerState, folders: readonly string[]): string[] {
  const [old, found] = [partsOf(before, folders), partsOf(now, folders)];
  const isOwn = isOwnIn(before, folders);
  let at = -1;
  const lost = old.rest.find((line) => {
    at = found.rest.indexOf(line, at + 1);
    return at === -1;
  });
  return [
    ...different('the text of another pool', old.pools, found.pools, (name) => !isOwn.pool(name)),
    ...different('the text of another site', old.sites, found.sites, (name) => !isOwn.site(name)),
    ...(lost === undefined ? [] : [`applicationHost.config has lost the line ${lost}`]),
  ];
}

function isOwnIn({ document }: ServerState, folders: readonly string[]) {
  const sites = document.iis.value?.sites.filter((site) => isIn(site, folders)) ?? [];
  return {
    pool: (name: string) => sites.some((site) => site.pool === name) || /scim/i.test(name),
    site: (name: string) => sites.some((site) => site.name === name && site.application === '/'),
  };
}

function isIn(site: Site, folders: readonly string[]): boolean {
  return folders.includes(site.folder.toLowerCase().replace(/\\$/, ''));
}

function partsOf({ files }: ServerState, folders: readonly string[]): Parts {
  const text = files.get(hostFile)?.toString('utf8') ?? '';
  const applications = new Map<string, string>();
  const isOwn = (piece: string) => {
    const folder = /physicalPath="([^"]*)"/.exec(piece)?.[1] ?? '';
    return folders.includes(folder.toLowerCase().replace(/\\$/, ''));
  };
  const pools = new Map<string, string>();
  const sites = new Map<string, string>();
  const rest = text
    .replace(/<applicationPools>[\s\S]*<\/applicationPools>/, (all) =>
      all.replace(/\s*<add name="([^"]*)"(?:[^>]*\/>|[\s\S]*?<\/add>)/g, taken(pools)),
    )
    .replace(/\s*<site name="([^"]*)"[\s\S]*?<\/site>/g, (site, name: string) => {
      const bare = site.replace(/\s*<application path="(\/[^"]+)"[\s\S]*?<\/application>/g, (one, path: string) => {
        if (!isOwn(one)) return one;
        applications.set(name + path, one);
        return '';
      });
      sites.set(name, bare);
      return '';
    });
  return { pools, sites, applications, rest: rest.split('\r\n') };
}

function taken(into: Map<string, string>): (piece: string, name: string) => string {
  return (piece, name) => {
    into.set(name, piece);
    return '';
  };
}

function different(
  what: string,
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  isMeant: (name: string) => boolean,
): string[] {
  const names = [...old.keys()].filter((name) => isMeant(name) && old.get(name) !== now.get(name));
  return names.map((name) => `${what} ${name} was ${old.get(name)?.trim()}, is ${now.get(name)?.trim() ?? 'gone'}`);
}
