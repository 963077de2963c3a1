// Runs inside Wine, by Windows Node: opens a file for itself alone, as a backup program may, and holds it until it is told to
// let go. The arguments: the file, a file that says that it is held, and one that is made to end it.
import { existsSync, openSync, writeFileSync } from 'node:fs';

const [file = '', held = '', release = ''] = process.argv.slice(2);
/** CreateFile with no sharing: libuv's UV_FS_O_EXLOCK. */
const shareNone = 0x10000000;
/** O_RDWR of Windows Node. */
const readWrite = 2;

openSync(file, readWrite | shareNone);
writeFileSync(held, '');
const timer = setInterval(() => {
  if (existsSync(release)) clearInterval(timer);
}, 20);
