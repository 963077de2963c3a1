import { config } from './judge.ts';
import { below, type ServerState } from './server-state.ts';

/**
 * The rights that were given to each config file and to the folders in which config and logs lie; the rest comes from the folders above.
 * A folder without a file holds nothing that rights could be about, and goes with whatever setup comes next.
 */
export function rights(state: ServerState, folders: readonly string[]): string {
  const filled = folders.filter((one) => below(state, one).size > 0);
  const paths = [...config(state, folders).keys(), ...filled.flatMap(foldersIn)].sort();
  return paths.map((path) => `${path}: ${entries(state, path).join('') || 'inherited'}`).join('; ');
}

/** What had been given to the settings and to the folders of the connector, and is not any more. */
export function lostRights(before: ServerState, now: ServerState, home: string): string[] {
  return [`${home}\\appsettings.json`, ...foldersIn(home)].flatMap((path) =>
    entries(before, path)
      .filter((entry) => !entries(now, path).includes(entry))
      .map((entry) => `${path} has lost ${entry}`),
  );
}

function foldersIn(home: string): string[] {
  return [home, `${home}\\responses`, `${home}\\log`];
}

/** Without those with the flag ID: they come from a folder above. */
function entries({ document }: ServerState, path: string): string[] {
  const all = document.sandbox.acls[path]?.match(/\([^)]*\)/g) ?? [];
  return all.filter((entry) => !/^\(\w;[A-Z]*ID;/.test(entry)).sort();
}
