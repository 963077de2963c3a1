// Takes the lock of a sandbox, says so, and keeps it until it is killed.
import { openSandbox } from '../../src/sandbox/sandbox.ts';

const [folder = '', path = ''] = process.argv.slice(2);
const sandbox = await openSandbox(folder);
if ('problem' in sandbox) throw new Error(sandbox.problem);
await sandbox.machine.lock(path, 'a child');
process.stdout.write('held\n');
setInterval(() => {}, 60_000);
