import type { Call } from '../core/call.ts';
import type { tools } from './tools/table.ts';

/** The program that each tool's file must be; a hosting bundle may have any name. */
export const programs: Readonly<Record<Call['tool'], { readonly tool: keyof typeof tools; readonly file: RegExp }>> = {
  dism: { tool: 'dism', file: /^%SystemRoot%\\System32\\dism\.exe$/i },
  msiexec: { tool: 'msiexec', file: /^%SystemRoot%\\System32\\msiexec\.exe$/i },
  'msiexec /x': { tool: 'msiexec', file: /^%SystemRoot%\\System32\\msiexec\.exe$/i },
  appcmd: { tool: 'appcmd', file: /^%SystemRoot%\\System32\\inetsrv\\appcmd\.exe$/i },
  netsh: { tool: 'netsh', file: /^%SystemRoot%\\System32\\netsh\.exe$/i },
  'netsh delete': { tool: 'netsh', file: /^%SystemRoot%\\System32\\netsh\.exe$/i },
  powershell: { tool: 'powershell', file: /^%SystemRoot%\\System32\\WindowsPowerShell\\v1\.0\\powershell\.exe$/i },
  schtasks: { tool: 'schtasks', file: /^%SystemRoot%\\System32\\schtasks\.exe$/i },
  shutdown: { tool: 'shutdown', file: /^%SystemRoot%\\System32\\shutdown\.exe$/i },
  eventcreate: { tool: 'eventcreate', file: /^%SystemRoot%\\System32\\eventcreate\.exe$/i },
  hosting: { tool: 'hosting', file: /^C:\\/i },
};
