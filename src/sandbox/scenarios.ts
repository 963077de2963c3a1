import { neededFeatures } from '../core/connector.ts';
import { changeIis, iisNow } from './iis.ts';
import {
  cabinetBeside,
  connector,
  damagedPackage,
  edited,
  editedLegacy,
  lostFiles,
  lostPackage,
  uninstalled,
  withoutFiles,
} from './scenario-connector.ts';
import type { ScenarioName } from './scenario-list.ts';
import {
  bundle,
  features,
  type Part,
  restarted,
  runtime,
  secondDrive,
  sharedConfiguration,
  temp,
} from './scenario-parts.ts';
import { server2012R2, server2019 } from './scenario-server.ts';
import { share, sharedEdited, sharingConnector } from './scenario-shared.ts';
import {
  accountOfPool,
  httpsOnDefaultSite,
  otherSite,
  ownSiteAgain,
  renamedSite,
  siteInOwnPool,
  siteOnOwnPort,
  stoppedPool,
} from './scenario-sites.ts';
import { cutInstall, cutUninstall } from './scenario-suspended.ts';
import { elapse, newServer, remember, type Server, saveServer } from './server.ts';

const iis = features(neededFeatures);
const hosted: readonly Part[] = [iis, bundle, restarted];
const standard: readonly Part[] = [...hosted, connector('4.1.0'), edited()];
const legacy: readonly Part[] = [iis, features(['IIS-ASPNET45'])];
const current: readonly Part[] = [...hosted, connector('4.4.4'), edited()];

/** What each scenario is made of, in the order in which it happened on such a server. */
const scenarios: Readonly<Record<ScenarioName, readonly Part[]>> = {
  fresh: [],
  'iis-only': [iis],
  'bundle-before-iis': [bundle, iis],
  'shared-config': [iis, sharedConfiguration],
  '2012r2': [iis],
  'scim-4.1': standard,
  'scim-4.1-no-bundle': [iis, connector('4.1.0'), edited()],
  'scim-3.2': [...legacy, connector('3.2.0'), editedLegacy],
  'scim-2.5': [...legacy, connector('2.5.0'), editedLegacy],
  'multi-instance': [...hosted, share, sharingConnector('4.1.0'), sharedEdited],
  'same-version': current,
  newer: [iis, bundle, runtime('8.0.11'), restarted, connector('5.0.0'), edited()],
  'own-folder': [
    ...hosted,
    secondDrive,
    connector('4.1.0', ['INSTALLDIR=D:\\Apps\\SCIM'], 'D:\\Apps\\SCIM'),
    edited('D:\\Apps\\SCIM'),
  ],
  'own-ports': [...hosted, otherSite, connector('4.1.0', ['HTTPSPORT=9443', 'HTTPPORT=9080']), edited()],
  'virtual-directory': [...hosted, httpsOnDefaultSite, connector('4.1.0', ['SITEMODE=VirtualDirectory']), edited()],
  'renamed-site': [...standard, renamedSite],
  'shared-pool': [...standard, siteInOwnPool],
  'shared-port': [...standard, siteOnOwnPort],
  'stopped-pool': [...standard, stoppedPool],
  'pool-account': [...standard, accountOfPool],
  'per-user': [...hosted, connector('4.1.0', ['ALLUSERS=', 'MSIINSTALLPERUSER=1']), edited()],
  '32-bit': [...hosted, connector('4.1.0-x86'), edited()],
  broken: [...current, lostFiles],
  'broken-package': [...current, lostPackage],
  'damaged-package': [...standard, damagedPackage],
  'external-cabinet': [...hosted, cabinetBeside('4.1.0-cabinet-beside'), connector('4.1.0-cabinet-beside'), edited()],
  duplicate: [...hosted, connector('4.1.0-x86'), connector('4.4.4'), edited()],
  'duplicate-fourth-field': [...hosted, connector('4.4.4'), connector('4.4.4.1'), edited()],
  leftovers: [...standard, uninstalled('config')],
  'leftover-site': [...standard, uninstalled('nothing'), withoutFiles, ownSiteAgain],
  suspended: [...standard, cutInstall('4.4.4', 'InstallFinalize')],
  'suspended-none': [...standard, cutInstall('4.4.5-loses-config', 'PublishProduct')],
  'suspended-both': [
    ...hosted,
    connector('4.4.4'),
    connector('4.4.4.1'),
    edited(),
    cutUninstall('4.4.4', 'PublishProduct'),
  ],
};

/** Lays a scenario out in an empty folder; the same scenario is the same byte for byte, wherever it lies. */
export async function layScenario(folder: string, name: ScenarioName, packages: string): Promise<Server> {
  const server = newServer(folder, name === '2012r2' ? server2012R2 : server2019);
  for (const path of ['C:\\Windows\\System32', 'C:\\Windows\\Temp', 'C:\\Program Files', 'C:\\ProgramData']) {
    await server.drive.makeFolder(path);
  }
  for (const part of scenarios[name]) {
    await part(server, packages);
    elapse(server, 86_400_000);
  }
  await removeTraces(server);
  await saveServer(server);
  return server;
}

/** The packages and logs that were needed to make the scenario are not part of it. */
async function removeTraces(server: Server): Promise<void> {
  for (const name of await server.drive.list(temp)) await server.drive.remove(`${temp}\\${name}`);
  await server.drive.removeEmptyFolder(temp);
  const now = iisNow(server);
  if (now) changeIis(server, () => ({ pools: now.pools }));
  remember(server, { leaving: {} });
}
