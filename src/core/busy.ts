import type { Facts, InstallerHolder } from './facts.ts';

const firstWaits = [10_000, 20_000, 30_000];
const laterWait = 60_000;

/** How long to wait between one attempt and the next while another installation runs, in ms; all together that is the limit. */
export function busyWaits(limitMinutes: number): readonly number[] {
  const waits: number[] = [];
  for (let left = limitMinutes * 60_000; left > 0; left -= waits.at(-1) ?? left)
    waits.push(Math.min(firstWaits[waits.length] ?? laterWait, left));
  return waits;
}

/** Who installs something just now, `msiexec.exe (process 4711, started by setup.exe)`; null where nobody is seen. */
export function holdersIn({ installer }: Facts): string | null {
  const holders = installer.known ? installer.value.holders : [];
  return holders.length === 0 ? null : holdersText(holders);
}

/** Processes of Windows Installer in words. */
export function holdersText(holders: readonly InstallerHolder[]): string {
  return holders.map(holderText).join(', ');
}

function holderText({ pid, name, parent }: InstallerHolder): string {
  return `${name} (process ${pid}${parent === null ? '' : `, started by ${parent}`})`;
}
