/** End of the name of a file that is still being written: what carries it is never taken for a whole file. */
export const partialSuffix = '.partial';

/** Names that Windows takes for a device in every folder, whatever follows the first dot (Naming Files, Paths, and Namespaces). */
const device = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;

/** Whether a name that comes from a package or the registry names a file in the folder it is put in, and no other place. */
export function isFileName(name: string): boolean {
  if (name === '' || name.length > 255 || /[<>:"/\\|?*]/.test(name) || /[. ]$/.test(name)) return false;
  return !device.test(name) && [...name].every((letter) => letter >= ' ');
}

/** Whether Windows takes two names for the same file of a folder. */
export function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
