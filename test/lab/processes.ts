// What runs in a Wine prefix, as the host's own kernel tells it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Wine } from './wine.ts';

/** A Windows program that runs in a prefix: the host's id of its process, and its command line. */
export type Running = { readonly pid: number; readonly line: string };

/** Wine's own programs, which stay as long as its server does. */
const own =
  /(^|[\\/])(wineserver(64)?|services\.exe|winedevice\.exe|plugplay\.exe|svchost\.exe|explorer\.exe|rpcss\.exe|conhost\.exe)( |$)/i;

/** Processes that have ended and that nobody has asked about: they never run again, and there may be thousands. */
const dead = new Set<string>();

/** Every program that runs in the prefix now, but Wine's own. */
export function programsIn(wine: Wine): readonly Running[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !dead.has(name));
  return ids.flatMap((id) => {
    const line = textOf(id, 'cmdline').replaceAll('\0', ' ').trim();
    if (line === '' && isDead(id)) dead.add(id);
    return line !== '' && !own.test(line) && isIn(wine, id) ? [{ pid: Number(id), line }] : [];
  });
}

/** Whether msiexec is at work in the prefix. */
export function isInstalling(wine: Wine): boolean {
  return programsIn(wine).some(({ line }) => /msiexec/i.test(line.split(' ')[0] ?? ''));
}

/** How many threads a program has, and how many ticks of a processor it has had, by the host's own count; zeros if it has ended. */
export function effortOf({ pid }: Running): { readonly threads: number; readonly ticks: number } {
  // Fields 14, 15 and 20 (proc(5)), counted behind the name, which may hold spaces.
  const fields = textOf(String(pid), 'stat').split(') ').at(-1)?.split(' ') ?? [];
  const numberAt = (field: number) => Number(fields[field - 3] ?? 0);
  return { threads: numberAt(20), ticks: numberAt(14) + numberAt(15) };
}

function isIn(wine: Wine, id: string): boolean {
  return textOf(id, 'environ')
    .split('\0')
    .includes(`WINEPREFIX=${dirname(wine.drive)}`);
}

function isDead(id: string): boolean {
  return /^State:\s+[ZX]/m.test(textOf(id, 'status'));
}

/** Empty for a process that has ended meanwhile. */
function textOf(id: string, name: string): string {
  try {
    return readFileSync(`/proc/${id}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
