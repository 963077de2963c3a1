import { mkdir } from 'node:fs/promises';
import { placeOfShare } from './drive.ts';
import { connector, edit } from './scenario-connector.ts';
import type { Part } from './scenario-parts.ts';
import { remember, type Server } from './server.ts';

const sharedFolder = '\\\\FILESRV\\SCIM';

/** A folder of a file server that the computer accounts of the domain may change. */
export async function share(server: Server): Promise<void> {
  await mkdir(placeOfShare(server.folder, sharedFolder), { recursive: true });
  const sddl = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;DC)';
  remember(server, { shares: { [sharedFolder.toLowerCase()]: { access: 'write', sddl } } });
}

/** Installs a sample in multiple-instance mode, its config on the share. */
export function sharingConnector(sample: string): Part {
  const passphrase = 'of the simulated servers';
  return connector(sample, ['INSTANCEMODE=Multiple', `SHAREDFOLDER=${sharedFolder}`, `PASSPHRASE=${passphrase}`]);
}

/** What an operator has entered since, on any of the servers. */
export async function sharedEdited(server: Server): Promise<void> {
  const text = 'c2ltdWxhdGVkOiBjb25uZWN0aW9uIHNldHRpbmdzIG9mIHR3byBub2Rlcw==';
  await edit(server, `${sharedFolder}\\appsettings.json`, /("Configurations"\s*:\s*)"[^"]*"/, `$1"${text}"`);
}
