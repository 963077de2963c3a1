import type { Iis, Site } from '../../core/facts.ts';
import { editHost } from '../host-config.ts';
import {
  addApplication,
  addPool,
  addSite,
  removeFromHost,
  renameSite,
  setApplicationPool,
  setBindings,
  setFolder,
  setPool,
  setProcessModel,
} from '../host-edit.ts';
import { changeIis, iisNow, isServing, startPool, stopPool } from '../iis.ts';
import { encrypted } from '../new-host-config.ts';
import { elapse, type Server } from '../server.ts';
import { listPools, listSites, listWorkers } from './appcmd-list.ts';
import { type Ended, notThere, type Tool, UnknownCall } from './tool.ts';

/** Words of the form `/name:value`, by name. */
type Values = Readonly<Record<string, string>>;
type Command = {
  readonly name: string;
  /** The values that must be given, and no other. */
  readonly takes: readonly string[];
  readonly run: (server: Server, iis: Iis, values: Values) => Ended;
};

/** Codes are those of Win32: 183 exists already, 1168 not found, 1062 not started (sous-chefs/iis, issue 345), 1056 already running. */
const commands: readonly Command[] = [
  { name: 'stop apppool', takes: ['apppool.name'], run: stop },
  { name: 'start apppool', takes: ['apppool.name'], run: start },
  { name: 'add apppool', takes: ['name'], run: addNewPool },
  { name: 'set apppool', takes: ['apppool.name', 'processmodel.identitytype'], run: setIdentity },
  {
    name: 'set apppool',
    takes: ['apppool.name', 'processmodel.identitytype', 'processmodel.username', 'processmodel.password'],
    run: setAccount,
  },
  { name: 'set apppool', takes: ['apppool.name', 'autostart'], run: setAutoStart },
  { name: 'delete apppool', takes: ['apppool.name'], run: deletePool },
  { name: 'add site', takes: ['name', 'physicalpath', 'bindings'], run: addNewSite },
  { name: 'set site', takes: ['site.name', 'bindings'], run: setSite },
  { name: 'set site', takes: ['site.name', 'name'], run: rename },
  { name: 'delete site', takes: ['site.name'], run: deleteSite },
  { name: 'start site', takes: ['site.name'], run: (server, iis, values) => turnSite(server, iis, values, 'started') },
  { name: 'stop site', takes: ['site.name'], run: (server, iis, values) => turnSite(server, iis, values, 'stopped') },
  { name: 'set vdir', takes: ['vdir.name', 'physicalpath'], run: setRoot },
  { name: 'add app', takes: ['site.name', 'path', 'physicalpath'], run: addApp },
  { name: 'set app', takes: ['app.name', 'applicationpool'], run: setApp },
  { name: 'delete app', takes: ['app.name'], run: deleteApp },
  { name: 'list site', takes: ['xml'], run: (_server, iis) => listSites(iis) },
  { name: 'list apppool', takes: ['xml'], run: (_server, iis) => listPools(iis) },
  { name: 'list wp', takes: ['xml'], run: (_server, iis) => listWorkers(iis) },
];

/** `appcmd.exe`: starts and stops pools; adds, sets and deletes pools, sites and applications; lists what there is as XML. */
export const appcmd: Tool = async (server, args) => {
  const iis = iisNow(server);
  if (!iis) return notThere('C:\\Windows\\System32\\inetsrv\\appcmd.exe');
  const [verb = '', object = '', ...words] = args;
  const values = valuesOf(words);
  const given = Object.keys(values).sort().join();
  const name = `${verb} ${object}`.toLowerCase();
  const command = commands.find((one) => one.name === name && one.takes.toSorted().join() === given);
  if (!command) throw new UnknownCall('appcmd', args.join(' '));
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

function addNewPool(server: Server, iis: Iis, { name = '' }: Values): Ended {
  if (poolNamed(iis, name)) return duplicate('apppool', name);
  editHost(server, addPool(name));
  return added('APPPOOL', name);
}

/** An account with its password, which IIS encrypts before it writes it (iis-docs: applicationPools/add/processModel). */
function setAccount(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  const identityType = values['processmodel.identitytype'];
  if (identityType !== 'SpecificUser') throw new UnknownCall('appcmd', `${identityType} with a password`);
  const userName = values['processmodel.username'] ?? '';
  const password = encrypted(values['processmodel.password'] ?? '');
  editHost(server, setProcessModel(pool.name, { identityType, userName, password }));
  return changed('APPPOOL', pool.name);
}

function setIdentity(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  const identity = values['processmodel.identitytype'];
  if (identity === undefined || !builtInIdentities.includes(identity))
    throw new UnknownCall('appcmd', `the identity ${identity}`);
  editHost(server, setProcessModel(pool.name, { identityType: identity }));
  return changed('APPPOOL', pool.name);
}

/** The identities that need no password (IIS, applicationPools/add/processModel). */
const builtInIdentities = ['ApplicationPoolIdentity', 'NetworkService', 'LocalService', 'LocalSystem'];

/** Whether IIS starts the pool by itself, after a restart too (IIS, applicationPools/add: autoStart). */
function setAutoStart(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  if (!/^(true|false)$/.test(values.autostart ?? '')) throw new UnknownCall('appcmd', `/autoStart:${values.autostart}`);
  editHost(server, setPool(pool.name, 'autoStart', values.autostart ?? ''));
  return changed('APPPOOL', pool.name);
}

/** A pool goes even if applications are assigned to it, which then cannot run (microsoft/IIS.WebManager, issue 394; cc772406). */
function deletePool(server: Server, iis: Iis, values: Values): Ended {
  const pool = poolNamed(iis, values['apppool.name']);
  if (!pool) return notFound('APPPOOL', values['apppool.name']);
  editHost(server, removeFromHost({ kind: 'pool', name: pool.name }));
  return deleted('APPPOOL', pool.name);
}

function addNewSite(server: Server, iis: Iis, { name = '', physicalpath = '', bindings = '' }: Values): Ended {
  if (siteNamed(iis, `${name}/`)) return duplicate('site', name);
  editHost(server, addSite({ name, folder: physicalpath, bindings: bindings.split(','), pool: null }));
  return added('SITE', name);
}

function setSite(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, `${values['site.name']}/`);
  if (!site) return notFound('SITE', values['site.name']);
  editHost(server, setBindings(site.name, (values.bindings ?? '').split(',')));
  return changed('SITE', site.name);
}

/** The site's applications go by its name, and so are renamed with it. */
function rename(server: Server, iis: Iis, { 'site.name': old = '', name = '' }: Values): Ended {
  const site = siteNamed(iis, `${old}/`);
  if (!site) return notFound('SITE', old);
  if (siteNamed(iis, `${name}/`)) return duplicate('site', name);
  editHost(server, renameSite(site.name, name));
  return changed('SITE', name);
}

/**
 * A site goes with all its applications; their folders stay. Its certificates stay bound in http.sys, for it does not go
 * through the API that takes them from other sites (KB 2405568, which advises this very call).
 */
function deleteSite(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, `${values['site.name']}/`);
  if (!site) return notFound('SITE', values['site.name']);
  editHost(server, removeFromHost({ kind: 'site', name: site.name, application: '/' }));
  return deleted('SITE', site.name);
}

function deleteApp(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, values['app.name'] ?? '');
  if (!site) return notFound('APP', values['app.name']);
  if (site.application === '/') throw new UnknownCall('appcmd', `a site without its own application, ${site.name}/`);
  editHost(server, removeFromHost({ kind: 'site', ...site }));
  return deleted('APP', site.name + site.application);
}

function turnSite(server: Server, iis: Iis, values: Values, state: Site['state']): Ended {
  const site = siteNamed(iis, `${values['site.name']}/`);
  if (!site) return notFound('SITE', values['site.name']);
  if (site.state === state)
    return failed(state === 'started' ? 1056 : 1062, `The object "${site.name}" is already ${state}.`);
  changeIis(server, ({ sites }) => ({ sites: sites.map((one) => (one.name === site.name ? { ...one, state } : one)) }));
  return said(`"${site.name}" successfully ${state}.`);
}

function setRoot(server: Server, iis: Iis, values: Values): Ended {
  const name = values['vdir.name'] ?? '';
  const site = siteNamed(iis, name) ?? siteNamed(iis, name.replace(/\/$/, ''));
  if (!site) return notFound('VDIR', name);
  editHost(server, setFolder(site, values.physicalpath ?? ''));
  return changed('VDIR', name);
}

function addApp(server: Server, iis: Iis, values: Values): Ended {
  const parent = siteNamed(iis, `${values['site.name']}/`);
  if (!parent) return notFound('SITE', values['site.name']);
  const { path: application = '', physicalpath: folder = '' } = values;
  if (siteNamed(iis, parent.name + application)) return duplicate('app', application);
  editHost(server, addApplication({ name: parent.name, application }, folder, null));
  return added('APP', parent.name + application);
}

function setApp(server: Server, iis: Iis, values: Values): Ended {
  const site = siteNamed(iis, values['app.name'] ?? '');
  if (!site) return notFound('APP', values['app.name']);
  editHost(server, setApplicationPool(site, values.applicationpool ?? ''));
  // The application is asked for in its new pool: a worker process of that pool serves it.
  if (poolNamed(iis, values.applicationpool)?.state === 'started' && isServing(iis))
    startPool(server, values.applicationpool ?? '');
  return changed('APP', values['app.name']);
}

function poolNamed(iis: Iis, name = '') {
  return iis.pools.find((pool) => pool.name.toLowerCase() === name.toLowerCase());
}

/** A site or application by the name that appcmd gives it: `Default Web Site/SCIMConnector`, `SCIMConnector/`. */
function siteNamed(iis: Iis, name: string): Site | undefined {
  return iis.sites.find((site) => (site.name + site.application).toLowerCase() === name.toLowerCase());
}

const said = (text: string): Ended => ({ code: 0, output: `${text}\r\n` });
const added = (kind: string, name: string): Ended => said(`${kind} object "${name}" added`);
const changed = (kind: string, name = ''): Ended => said(`${kind} object "${name}" changed`);
const deleted = (kind: string, name: string): Ended => said(`${kind} object "${name}" deleted`);
const failed = (code: number, text: string): Ended => ({ code, output: `ERROR ( message:${text} )\r\n` });
const notFound = (kind: string, name = ''): Ended =>
  failed(1168, `Cannot find ${kind} object with identifier "${name}".`);
const duplicate = (kind: string, name: string): Ended =>
  failed(183, `Failed to add duplicate collection element "${name}" of type ${kind}.`);
