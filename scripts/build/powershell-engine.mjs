import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const hostFolder = join(checkout, 'test/powershell-engine/host');
const installDotnet = 'apt-get install -y dotnet-sdk-10.0';
const programs = { 'linux-x64': 'powershell', 'win-x64': 'powershell.exe' };

/**
 * Path of the stand-in for powershell.exe that carries the real engine; built on the first call, found on the next ones.
 * Throws an Error with a sentence if it cannot be built.
 * @param {{ runtime: 'linux-x64' | 'win-x64' }} wanted
 * @returns {string}
 */
export function powershellEngine({ runtime }) {
  const folder = join(checkout, '.cache/powershell-engine', hashOfSources(), runtime);
  const program = join(folder, programs[runtime]);
  if (!existsSync(program)) publish(runtime, folder);
  return program;
}

/** The command that would install dotnet, or null if it is there. */
export function missingDotnet() {
  return spawnSync('dotnet', ['--version'], { stdio: 'ignore' }).status === 0 ? null : installDotnet;
}

function sources() {
  return readdirSync(hostFolder)
    .filter((name) => /\.(cs|csproj)$/.test(name))
    .sort();
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const name of sources()) hash.update(`${name}\n`).update(readFileSync(join(hostFolder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Builds in a folder of its own and moves it into place at the end, so that a half-built program is never found. */
function publish(runtime, folder) {
  if (missingDotnet())
    throw new Error(`The PowerShell engine needs the .NET 10 SDK. Install it with: ${installDotnet}`);
  const work = join(checkout, '.cache/powershell-engine', `building-${randomUUID()}`);
  mkdirSync(work, { recursive: true });
  try {
    for (const name of sources()) cpSync(join(hostFolder, name), join(work, name));
    runPublish(runtime, work);
    mkdirSync(join(folder, '..'), { recursive: true });
    moveIntoPlace(join(work, 'published'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Another process may have been faster; its program is as good. */
function moveIntoPlace(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function runPublish(runtime, work) {
  const args = ['publish', '-c', 'Release', '-r', runtime, '--self-contained', String(runtime === 'win-x64')];
  const { status, stdout } = spawnSync('dotnet', [...args, '-o', 'published', '--nologo', '-v', 'quiet'], {
    cwd: work,
    encoding: 'utf8',
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
  });
  if (status !== 0) throw new Error(`The PowerShell engine could not be built:\n${stdout}`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const runtime = process.argv[2] === 'win-x64' ? 'win-x64' : 'linux-x64';
  process.stdout.write(`${powershellEngine({ runtime })}\n`);
}
