// `npm run try`: the main job on a simulated server, and then where everything lies.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, runMain, say } from './children.mjs';
import { checkout, installPackages, node22 } from './node22.mjs';

const folder = join('.try', 'server');
const samples = join('templates', 'samples');

await runMain(async () => {
  installPackages();
  rmSync(join(checkout, folder), { recursive: true, force: true });
  const scimSetup = (...args) => run(node22(), [join('src', 'main.ts'), ...args], { cwd: checkout });

  say('\nA simulated Windows Server with version 4.1.0 of the connector:\n');
  const made = scimSetup('sandbox', 'create', folder, '--scenario', 'scim-4.1');
  if (made !== 0) return made;

  say('\nUpgrading it:  scim-setup apply --msi SCIMConnector-4.4.4.msi\n');
  const applied = scimSetup('apply', '--sandbox', folder, '--msi', join(samples, 'SCIMConnector-4.4.4.msi'));
  if (applied !== 0) return applied;

  const setup = join(folder, 'c', 'ProgramData', 'ScimSetup');
  const runId = readdirSync(join(checkout, setup, 'runs'))
    .sort()
    .at(-1);
  say('\nOn this machine they lie in:');
  say(`  Backup   ${join(setup, 'backups', runId)}`);
  say(`  Journal  ${join(setup, 'runs', runId, 'journal.jsonl')}`);
  say(`  Logs     ${join(setup, 'runs', runId, 'logs')}`);
  say('\nWhat to try next:');
  const command = 'npm run -s scim-setup --';
  say(
    `  ${command} apply --sandbox ${folder} --msi ${join(samples, 'SCIMConnector-4.4.4.msi')}      nothing is left to do`,
  );
  say(
    `  ${command} apply --sandbox ${folder} --msi ${join(samples, 'SCIMConnector-4.4.5-fails-old-gone.msi')}      a failure is walked back`,
  );
  say(
    `  ${command} plan --sandbox fresh --msi ${join(samples, 'SCIMConnector-4.4.4.msi')} --hosting-bundle ${join(samples, 'dotnet-hosting-6.0.36-win.exe')}`,
  );
  say(`  ${command} --help`);
  return 0;
});
