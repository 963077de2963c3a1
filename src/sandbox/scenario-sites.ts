import { iisApplication } from '../core/site-gaps.ts';
import { editHost } from './host-config.ts';
import { inOrder, setBelowPool, setPool } from './host-edit.ts';
import { folder, ownPool } from './scenario-connector.ts';
import { appcmd, mustEnd } from './scenario-parts.ts';
import { elapse, type Server } from './server.ts';
import { tools } from './tools/table.ts';

const certificate = '5F3A1C9E0B7D42866E1A9C3D5B7F09E2C4A68D10';

/** Another application of the server, which has the standard ports and a certificate of its own. */
export async function otherSite(server: Server): Promise<void> {
  await addSite(server, 'Portal', 'Portal', ['https/*:443:portal.example.com', 'http/*:80:portal.example.com']);
  await bindCertificate(server, 443);
}

/** Default Web Site with a certificate, as an application under it needs one (domain 1.4). */
export async function httpsOnDefaultSite(server: Server): Promise<void> {
  await appcmd(server, 'set', 'site', '/site.name:Default Web Site', '/bindings:http/*:80:,https/*:443:');
  await bindCertificate(server, 443);
}

/** The connector's site under another name, given by hand. */
export async function renamedSite(server: Server): Promise<void> {
  await appcmd(server, 'set', 'site', '/site.name:SCIMConnector', '/name:Identity');
}

/** Another site that somebody has put into the connector's pool. */
export async function siteInOwnPool(server: Server): Promise<void> {
  await addSite(server, 'Intranet', ownPool, ['http/*:8090:']);
}

/**
 * Another site on the connector's port, told apart by its host name: both use the one certificate of that port (KB 2405568), which
 * somebody has bound so that clients are asked for theirs.
 */
export async function siteOnOwnPort(server: Server): Promise<void> {
  await addSite(server, 'Portal', 'Portal', ['https/*:443:portal.example.com']);
  mustEnd(await tools.netsh(server, ['http', 'delete', 'sslcert', 'ipport=0.0.0.0:443']));
  await bindCertificate(server, 443, 'clientcertnegotiation=enable');
}

/** The pool was stopped in IIS Manager, which also keeps IIS from starting it by itself (autoStart). */
export async function stoppedPool(server: Server): Promise<void> {
  await appcmd(server, 'stop', 'apppool', `/apppool.name:${ownPool}`);
  await appcmd(server, 'set', 'apppool', `/apppool.name:${ownPool}`, '/autoStart:false');
  elapse(server, 600_000);
}

/** A pool with settings of its own, whose account has a password that stands encrypted in applicationHost.config. */
export async function accountOfPool(server: Server): Promise<void> {
  const account = ['/processModel.identityType:SpecificUser', '/processModel.userName:CONTOSO\\svc-scim'];
  const password = '/processModel.password:of a simulated account';
  await appcmd(server, 'set', 'apppool', `/apppool.name:${ownPool}`, ...account, password);
  const times =
    '<recycling>\r\n                    <periodicRestart time="00:00:00" />\r\n                </recycling>';
  editHost(
    server,
    inOrder([setPool(ownPool, 'startMode', 'AlwaysRunning'), setBelowPool(ownPool, 'recycling', times)]),
  );
}

/** Site, pool and certificate as an uninstallation may leave them (domain 1.8); here they are made again as they were. */
export async function ownSiteAgain(server: Server): Promise<void> {
  await addSite(server, 'SCIMConnector', ownPool, ['https/*:443:', 'http/*:8080:'], folder);
  await bindCertificate(server, 443);
}

async function addSite(
  server: Server,
  name: string,
  pool: string,
  bindings: readonly string[],
  at = `C:\\inetpub\\${name}`,
): Promise<void> {
  if (pool === name || at === folder) await appcmd(server, 'add', 'apppool', `/name:${pool}`);
  await appcmd(server, 'add', 'site', `/name:${name}`, `/physicalPath:${at}`, `/bindings:${bindings.join(',')}`);
  await appcmd(server, 'set', 'app', `/app.name:${name}/`, `/applicationPool:${pool}`);
  if (at !== folder) await server.drive.write(`${at}\\index.html`, `The site ${name} of a simulated server.\r\n`);
}

async function bindCertificate(server: Server, port: number, ...more: readonly string[]): Promise<void> {
  const what = [`certhash=${certificate.toLowerCase()}`, `appid=${iisApplication}`, 'certstorename=MY', ...more];
  mustEnd(await tools.netsh(server, ['http', 'add', 'sslcert', `ipport=0.0.0.0:${port}`, ...what]));
}
