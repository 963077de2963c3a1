import type { Iis, Site } from '../../core/facts.ts';
import { changeIis, iisNow, isServing, startPool, stopPool } from '../iis.ts';
import { elapse, type Server } from '../server.ts';
import { type Ended, notThere, type Tool, UnknownCall } from './tool.ts';

/** Words of the form `/name:value`, by name. */
type Values = Readonly<Record<string, string>>;
type Command = { readonly takes: readonly string[]; readonly run: (server: Server, iis: Iis, values: Values) => Ended };

/** Codes are those of Win32: 183 exists already, 1168 not found, 1062 not started (sous-chefs/iis, issue 345), 1056 already running. */
const commands: Readonly<Record<string, Command>> = {
  'stop apppool': { takes: ['apppool.name'], run: stop },
  'start apppool': { takes: ['apppool.name'], run: start },
  'add apppool': { takes: ['name'], run: addPool },
  'set apppool': { takes: ['apppool.name', 'processmodel.identitytype'], run: setPool },
  'add site': { takes: ['name', 'physicalpath', 'bindings'], run: addSite },
  'set site': { takes: ['site.name', 'bindings'], run: setSite },
  'start site': { takes: ['site.name'], run: (server, iis, values) => turnSite(server, iis, values, 'started') },
  'stop site': { takes: ['site.name'], run: (server, iis, values) => turnSite(server, iis, values, 'stopped') },
  'set vdir': { takes: ['vdir.name', 'physicalpath'], run: setFolder },
  'add app': { takes: ['site.name', 'path', 'physicalpath'], run: addApp },
  'set app': { takes: ['app.name', 'applicationpool'], run: setApp },
  'list site': { takes: ['xml'], run: (_server, iis) => listed(ownSites(iis).map(siteXml)) },
  'list apppool': {
    takes: ['xml'],
    run: (_server, iis) => listed(iis.pools.map((pool) => poolXml(pool.name, pool.state))),
  },
  'list wp': { takes: ['xml'], run: (_server, iis) => listed(iis.pools.flatMap(workersXml)) },
};

/** `appcmd.exe`: starts and stops pools, adds and sets sites, and lists what there is as XML. */
export const appcmd: Tool = async (server, args) => {
  const iis = iisNow(server);
  if (!iis) return notThere('C:\\Windows\\System32\\inetsrv\\appcmd.exe');
  const [verb = '', object = '', ...words] = args;
  const command = commands[`${verb} ${object}`.toLowerCase()];
  if (!command) throw new UnknownCall('appcmd', `${verb} ${object}`);
  const values = valuesOf(words);
  const unknown = Object.keys(values).filter((name) => !command.takes.includes(name));
  const absent = command.takes.filter((name) => !(name in values));
  if (unknown.length + absent.length > 0) throw new UnknownCall('appcmd', `${args.join(' ')}`);
  elapse(server, 1_000);
  return command.run(server, iis, values);
};

function valuesOf(words: readonly string[]): Values {
  const pairs = words.map((word) => {
    const match = /^\/([^:]+)(?::(.*))?$/.exec(word);
    if (!match?.[1]) throw new UnknownCall('appcmd', word);
    return [match[1].toLowerCase(), match[2] ?? ''] as const;
  });
  return Object.fromEntries(pairs);
}

function stop(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  if (pool.state === 'stopped') return failed(1062, `The object identified by "${pool.name}" is already stopped.`);
  stopPool(server, pool.name);
  return said(`"${pool.name}" successfully stopped`);
}

function start(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  if (!isServing(iis)) return failed(1062, 'The service has not been started.');
  if (pool.state === 'started') return failed(1056, `The object identified by "${pool.name}" is already started.`);
  startPool(server, pool.name);
  return said(`"${pool.name}" successfully started.`);
}

function addPool(server: Server, iis: Iis, { name = '' }: Values): Ended {
  if (poolNamed(iis, name)) return duplicate('apppool', name);
  changeIis(server, ({ pools }) => ({
    pools: [...pools, { name, identity: 'ApplicationPoolIdentity', state: 'started', workers: 0 }],
  }));
  return added('APPPOOL', name);
}

function setPool(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  const identity = values['processmodel.identitytype'];
  if (identity === undefined || !builtInIdentities.includes(identity))
    throw new UnknownCall('appcmd', `the identity ${identity}`);
  changeIis(server, ({ pools }) => ({
    pools: pools.map((one) => (one.name === pool.name ? { ...one, identity } : one)),
  }));
  return changed('APPPOOL', pool.name);
}

/** The identities that need no password (IIS, applicationPools/add/processModel). */
const builtInIdentities = ['ApplicationPoolIdentity', 'NetworkService', 'LocalService', 'LocalSystem'];

function addSite(server: Server, iis: Iis, { name = '', physicalpath = '', bindings = '' }: Values): Ended {
  if (siteNamed(iis, `${name}/`)) return duplicate('site', name);
  const site: Site = {
    name,
    application: '/',
    folder: physicalpath,
    pool: 'DefaultAppPool',
    bindings: bindings.split(','),
    state: 'started',
  };
  changeIis(server, ({ sites }) => ({ sites: [...sites, site] }));
  return added('SITE', name);
}

function setSite(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, `${values['site.name']}/`);
  if (!site) return notFound('SITE', values['site.name']);
  replaceSite(server, site, { bindings: (values.bindings ?? '').split(',') });
  return changed('SITE', site.name);
}

function turnSite(server: Server, iis: Iis, values: Values, state: Site['state']): Ended {
  const site = siteNamed(iis, `${values['site.name']}/`);
  if (!site) return notFound('SITE', values['site.name']);
  if (site.state === state)
    return failed(state === 'started' ? 1056 : 1062, `The object "${site.name}" is already ${state}.`);
  changeIis(server, ({ sites }) => ({ sites: sites.map((one) => (one.name === site.name ? { ...one, state } : one)) }));
  return said(`"${site.name}" successfully ${state}.`);
}

function setFolder(server: Server, iis: Iis, values: Values): Ended {
  const name = values['vdir.name'] ?? '';
  const site = siteNamed(iis, name) ?? siteNamed(iis, name.replace(/\/$/, ''));
  if (!site) return notFound('VDIR', name);
  replaceSite(server, site, { folder: values.physicalpath ?? '' });
  return changed('VDIR', name);
}

function addApp(server: Server, iis: Iis, values: Values): Ended {
  const parent = siteNamed(iis, `${values['site.name']}/`);
  if (!parent) return notFound('SITE', values['site.name']);
  const { path: application = '', physicalpath: folder = '' } = values;
  if (siteNamed(iis, parent.name + application)) return duplicate('app', application);
  changeIis(server, ({ sites }) => ({ sites: [...sites, { ...parent, application, folder }] }));
  return added('APP', parent.name + application);
}

function setApp(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, values['app.name'] ?? '');
  if (!site) return notFound('APP', values['app.name']);
  replaceSite(server, site, { pool: values.applicationpool ?? '' });
  // The application is asked for in its new pool: a worker process of that pool serves it.
  if (poolNamed(iis, values.applicationpool)?.state === 'started' && isServing(iis))
    startPool(server, values.applicationpool ?? '');
  return changed('APP', values['app.name']);
}

function replaceSite(server: Server, site: Site, changes: Partial<Site>): void {
  changeIis(server, ({ sites }) => ({ sites: sites.map((one) => (one === site ? { ...one, ...changes } : one)) }));
}

function poolNamed(iis: Iis, name = '') {
  return iis.pools.find((pool) => pool.name.toLowerCase() === name.toLowerCase());
}

/** A site or application by the name that appcmd gives it: `Default Web Site/SCIMConnector`, `SCIMConnector/`. */
function siteNamed(iis: Iis, name: string): Site | undefined {
  return iis.sites.find((site) => (site.name + site.application).toLowerCase() === name.toLowerCase());
}

function ownSites(iis: Iis): readonly Site[] {
  return iis.sites.filter((site) => site.application === '/');
}

function siteXml(site: Site, index: number): string {
  const state = site.state === 'started' ? 'Started' : 'Stopped';
  return `<SITE SITE.NAME="${xml(site.name)}" SITE.ID="${index + 1}" bindings="${xml(site.bindings.join(','))}" state="${state}" />`;
}

function poolXml(name: string, state: 'started' | 'stopped'): string {
  const shown = state === 'started' ? 'Started' : 'Stopped';
  return `<APPPOOL APPPOOL.NAME="${xml(name)}" PipelineMode="Integrated" RuntimeVersion="" state="${shown}" />`;
}

function workersXml(pool: Iis['pools'][number], index: number): string[] {
  return Array.from({ length: pool.workers }, (_, turn) => {
    return `<WP WP.NAME="${4000 + 100 * index + turn}" APPPOOL.NAME="${xml(pool.name)}" />`;
  });
}

function listed(elements: readonly string[]): Ended {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<appcmd>',
    ...elements.map((one) => `    ${one}`),
    '</appcmd>',
  ];
  return { code: 0, output: `${lines.join('\r\n')}\r\n` };
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const said = (text: string): Ended => ({ code: 0, output: `${text}\r\n` });
const added = (kind: string, name: string): Ended => said(`${kind} object "${name}" added`);
const changed = (kind: string, name = ''): Ended => said(`${kind} object "${name}" changed`);
const failed = (code: number, text: string): Ended => ({ code, output: `ERROR ( message:${text} )\r\n` });
const notFound = (kind: string, name = ''): Ended =>
  failed(1168, `Cannot find ${kind} object with identifier "${name}".`);
const duplicate = (kind: string, name: string): Ended =>
  failed(183, `Failed to add duplicate collection element "${name}" of type ${kind}.`);
