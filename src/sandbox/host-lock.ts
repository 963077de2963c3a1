import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server as Listener } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lock } from '../machine/machine.ts';

/**
 * Takes a lock between processes of this host, or says who holds it. It is a local socket that only one process can listen
 * on, so the operating system releases it when its holder dies (T22); whoever asks is told the owner's name through it.
 */
export async function takeHostLock(folder: string, owner: string): Promise<Lock | { readonly heldBy: string }> {
  const place = placeOf(folder);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const listener = await listen(place, owner);
    if (listener) return { release: () => new Promise((done) => listener.close(() => done())) };
    const heldBy = await askOwner(place);
    if (heldBy !== null) return { heldBy };
    if (isFile(place)) await rm(place, { force: true });
  }
  return { heldBy: 'another process' };
}

/** The same, asking again until the lock is free or a limit has passed. */
export async function awaitHostLock(
  folder: string,
  owner: string,
  limitMs: number,
): Promise<Lock | { readonly heldBy: string }> {
  const end = Date.now() + limitMs;
  for (;;) {
    const lock = await takeHostLock(folder, owner);
    if (!('heldBy' in lock) || Date.now() >= end) return lock;
    await pause(20);
  }
}

/** Linux and Windows have sockets without a file; elsewhere a file stays when its holder dies, and nobody answers on it. */
function placeOf(folder: string): string {
  const name = `scim-setup-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32)}`;
  if (platform() === 'linux') return `\0${name}`;
  return platform() === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function isFile(place: string): boolean {
  return place.startsWith('/');
}

function listen(place: string, owner: string): Promise<Listener | null> {
  return new Promise((settle, fail) => {
    const listener = createServer((asker) => {
      asker.on('error', () => {});
      asker.end(owner);
    });
    listener.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? settle(null) : fail(error),
    );
    listener.listen(place, () => settle(listener.unref()));
  });
}

/** The holder's name; null if nobody is there. A holder too busy to answer is a holder all the same. */
function askOwner(place: string): Promise<string | null> {
  return new Promise((settle) => {
    let name = '';
    const asker = connect(place);
    asker.setTimeout(2_000, () => asker.destroy());
    asker.on('data', (piece) => {
      name += piece.toString();
    });
    let isConnected = false;
    asker.once('connect', () => {
      isConnected = true;
    });
    asker.on('error', () => {});
    asker.once('close', () => settle(isConnected ? name || 'another process' : null));
  });
}
