import { type Change, child, type Limits } from './call.ts';

/** The task that takes an unfinished run up at the next start of the server, in a folder of its own in the Task Scheduler. */
export const startupTask = '\\ScimSetup\\resume';

/** What stands behind the program in the task's command line. */
export const startupWords = ['resume', '--startup', '--json'] as const;

/** What the task starts: a program, and its whole command line behind it. */
export type TaskAction = { readonly command: string; readonly arguments: string; readonly folder: string };

/**
 * The task as the Task Scheduler reads it (MS-TSCH 2.5): as SYSTEM, with nobody logged on, one minute after the start of the server,
 * without a time limit, on batteries too, never twice at once (T7). A start that was missed is made up for.
 */
export function startupTaskXml({ command, arguments: words, folder }: TaskAction): string {
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    '    <Author>scim-setup</Author>',
    '    <Description>Goes on with a change of the SCIM Connector that a restart has cut. scim-setup removes this task at the end of the run.</Description>',
    '  </RegistrationInfo>',
    '  <Triggers><BootTrigger><Enabled>true</Enabled><Delay>PT1M</Delay></BootTrigger></Triggers>',
    '  <Principals>',
    '    <Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <AllowHardTerminate>false</AllowHardTerminate>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>',
    '    <AllowStartOnDemand>true</AllowStartOnDemand>',
    '    <Enabled>true</Enabled>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <Priority>5</Priority>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${escaped(command)}</Command>`,
    `      <Arguments>${escaped(words)}</Arguments>`,
    `      <WorkingDirectory>${escaped(folder)}</WorkingDirectory>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\r\n');
}

/** Whether a registered task, which the Task Scheduler may have written anew, starts this. */
export function startsAction(xml: string, { command, arguments: words }: TaskAction): boolean {
  return (
    xml.includes(`<Command>${escaped(command)}</Command>`) && xml.includes(`<Arguments>${escaped(words)}</Arguments>`)
  );
}

/** Registers the task of an XML file, in place of one of that name. */
export function registerCall(xmlFile: string, limits: Limits): Change {
  return schtasks(['/Create', '/TN', startupTask, '/XML', xmlFile, '/F'], limits);
}

/** Removes the task. */
export function removeCall(limits: Limits): Change {
  return schtasks(['/Delete', '/TN', startupTask, '/F'], limits);
}

function schtasks(args: readonly string[], limits: Limits): Change {
  return child('schtasks', '%SystemRoot%\\System32\\schtasks.exe', args, { limits }, null);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
