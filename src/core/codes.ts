/** How a child or a step ended: success and restart are two axes. */
export type Outcome = {
  readonly ok: boolean;
  readonly reboot: 'none' | 'required' | 'initiated';
  readonly meaning: string;
  readonly code?: number;
  readonly log?: string;
  /** Its time limit passed; it may still be at work. */
  readonly abandoned?: true;
  /** Another installation holds Windows Installer: nothing was done. */
  readonly busy?: true;
};

/** What was done without a child, or by one that ended well. */
export const success: Outcome = { ok: true, reboot: 'none', meaning: 'success' };

export type CodeTable =
  | 'msiexec'
  | 'msiexec /x'
  | 'hosting'
  | 'dism'
  | 'appcmd'
  | 'netsh'
  | 'netsh delete'
  | 'powershell'
  | 'eventcreate'
  | 'schtasks'
  | 'shutdown';
export type CodeRow = Pick<Outcome, 'ok' | 'reboot' | 'meaning'> & { readonly code: number; readonly source: string };

const msi = 'learn.microsoft.com: MsiExec.exe and InstMsi.exe error messages';
const burn = 'wixtoolset/wix: src/burn/engine/exeengine.cpp, ExeEngineHandleExitCode';
const servicing = 'learn.microsoft.com: DISM and Windows Update error codes (CBS_E_*)';
const win32 = 'learn.microsoft.com: System Error Codes';

const fine = (code: number, meaning: string, source: string): CodeRow => ({
  code,
  ok: true,
  reboot: 'none',
  meaning,
  source,
});
const restart = (code: number, meaning: string, source: string): CodeRow => ({
  code,
  ok: true,
  reboot: 'required',
  meaning,
  source,
});
const started = (code: number, meaning: string, source: string): CodeRow => ({
  code,
  ok: true,
  reboot: 'initiated',
  meaning,
  source,
});
const failed = (code: number, meaning: string, source: string): CodeRow => ({
  code,
  ok: false,
  reboot: 'none',
  meaning,
  source,
});
const failedRestart = (code: number, meaning: string, source: string): CodeRow => ({
  ...failed(code, meaning, source),
  reboot: 'required',
});

const msiexecRows: readonly CodeRow[] = [
  fine(0, 'success', msi),
  failed(1601, 'the Windows Installer service could not be reached', msi),
  failed(1602, 'cancelled; in quiet mode usually by a custom action', msi),
  failed(1603, 'a fatal error during installation; the first "Return value 3" of the log names the action', msi),
  failedRestart(1604, 'suspended: the installation goes on after a restart', msi),
  failed(1605, 'the product is not installed', msi),
  failed(1608, 'an unknown property was given', msi),
  failed(1610, 'the configuration data of the product is corrupt', msi),
  failed(1612, 'the installation source of the product is not there', msi),
  failed(1613, 'the package needs a newer Windows Installer', msi),
  failed(1614, 'the product is uninstalled', msi),
  failed(1618, 'another installation is running', msi),
  failed(1619, 'the package could not be opened; SYSTEM must be able to read it', msi),
  failed(1620, 'the file is not a valid package', msi),
  failed(1622, 'the log could not be written: its folder must exist', msi),
  failed(1624, 'a transform could not be applied', msi),
  failed(1625, 'forbidden by policy', msi),
  failed(1628, 'an invalid parameter or table', msi),
  failed(1633, 'the package is for another processor', msi),
  failed(1635, 'the patch package could not be opened', msi),
  failed(1636, 'the file is not a valid patch package', msi),
  failed(1637, 'the patch package needs a newer Windows Installer', msi),
  failed(1638, 'another version of this very product is installed', msi),
  failed(1639, 'the command line is wrong', msi),
  failed(1640, 'not allowed in a remote session', msi),
  started(1641, 'success, and a restart of the server has been started', msi),
  failed(1642, 'the patch does not fit what is installed', msi),
  failed(1654, 'the installation was rejected by policy', msi),
  restart(3010, 'success; a restart of the server is required to finish', msi),
  restart(3011, 'success; a restart is required to finish', win32),
  failedRestart(3017, 'failed; restart the server, then try again', win32),
  { ...failed(3018, 'failed; a restart has been started', win32), reboot: 'initiated' },
];

const absentIsSuccess: readonly CodeRow[] = [
  fine(1605, 'the product was not installed', msi),
  fine(1614, 'the product is uninstalled', msi),
];

const dismRows: readonly CodeRow[] = [
  fine(0, 'success', servicing),
  restart(3010, 'success; a restart of the server is required to finish', servicing),
  failed(50, 'a parent feature is missing, or the request is not supported', win32),
  failed(87, 'a wrong parameter, or an unknown feature name on an old DISM', win32),
  failed(740, 'not elevated', win32),
  failed(0x800f080c, 'unknown feature', servicing),
  failed(0x800f0825, 'the feature does not apply to this edition', servicing),
  failed(0x800f081f, 'the files of the feature are not on this server: a source is needed', servicing),
  failed(0x800f0906, 'the files of the feature could not be downloaded', servicing),
  failed(0x800f0907, 'policy forbids to download the files of the feature', servicing),
  failed(0x800f0922, 'servicing failed', servicing),
  failed(0x800f0831, 'the component store is corrupt: a manifest is missing', servicing),
  failed(14098, 'the component store is corrupt', servicing),
  failed(0x80040154, 'a class is not registered: DISM cannot run in this process', servicing),
];

const tables: Readonly<Record<CodeTable, readonly CodeRow[]>> = {
  msiexec: msiexecRows,
  'msiexec /x': [
    ...msiexecRows.filter((row) => absentIsSuccess.every((one) => one.code !== row.code)),
    ...absentIsSuccess,
  ],
  hosting: msiexecRows.map((row) => ({ ...row, source: burn })),
  dism: dismRows,
  appcmd: [
    fine(0, 'success', 'learn.microsoft.com: Getting Started with AppCmd.exe'),
    fine(1062, 'it was stopped already', win32),
    fine(1056, 'it was running already', win32),
    fine(183, 'it is there already', win32),
    failed(5, 'access was denied', win32),
  ],
  netsh: [
    fine(0, 'success', 'learn.microsoft.com: Netsh http commands'),
    failed(1, 'the binding could not be added', 'learn.microsoft.com: Netsh http commands'),
  ],
  // What is bound there afterwards is seen by looking.
  'netsh delete': [
    fine(0, 'success', 'learn.microsoft.com: Netsh http commands'),
    fine(1, 'nothing was bound there', 'learn.microsoft.com: Netsh http commands'),
  ],
  powershell: [
    fine(0, 'success', 'about_PowerShell_exe: the exit code of the script'),
    failed(1, 'the script ended with an error', 'about_PowerShell_exe'),
  ],
  schtasks: [
    fine(0, 'success', 'learn.microsoft.com: schtasks'),
    failed(1, 'the task could not be registered, or is not there', 'learn.microsoft.com: schtasks'),
  ],
  // Whoever has started one: it comes, and the startup task goes on after it.
  shutdown: [
    started(0, 'a restart of the server was started', 'learn.microsoft.com: shutdown'),
    started(1115, 'the server is shutting down already', win32),
    started(1190, 'a restart or shutdown was scheduled already', win32),
    failed(5, 'access was denied', win32),
    failed(87, 'a wrong parameter', win32),
  ],
  eventcreate: [
    fine(0, 'success', 'reactos/reactos: base/applications/cmdutils/eventcreate'),
    failed(1, 'the entry was not written', 'reactos/reactos: base/applications/cmdutils/eventcreate'),
  ],
};

/** Every row of every tool, for `codes` and the tests. */
export function codeTables(): Readonly<Record<CodeTable, readonly CodeRow[]>> {
  return tables;
}

/** A child's exit code as it stands in the tables: unsigned 32 bits, and an HRESULT of a Win32 code as that code (0x80070BC2 is 3010). */
export function normalisedCode(code: number): number {
  const unsigned = code >>> 0;
  return unsigned >>> 16 === 0x8007 ? unsigned & 0xffff : unsigned;
}

/** What a child's end means by its tool's table; an unknown code and no code at all are failures that say so. */
export function outcomeOf(
  table: CodeTable,
  result: { readonly code: number | null; readonly timedOut: boolean },
  log: string | null = null,
): Outcome {
  const where = log === null ? {} : { log };
  if (result.timedOut) {
    return {
      ok: false,
      reboot: 'none',
      meaning: 'its time limit passed; it may still be at work',
      abandoned: true,
      ...where,
    };
  }
  if (result.code === null) {
    return { ok: false, reboot: 'none', meaning: 'it could not be started, or its end is not known', ...where };
  }
  const code = normalisedCode(result.code);
  const row = tables[table].find((one) => one.code === code);
  if (!row) return { ok: false, reboot: 'none', meaning: 'a code that is not known', code, ...where };
  const { ok, reboot, meaning } = row;
  return { ok, reboot, meaning, code, ...(code === 1618 ? { busy: true as const } : {}), ...where };
}

/** A code as its users write it: decimal, or hexadecimal for an HRESULT. */
export function printedCode(code: number): string {
  return code >= 0x80000000 ? `0x${code.toString(16).toUpperCase()}` : String(code);
}
