import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeatureState, InstallerHolder } from '../../src/core/facts.ts';
import { elapse, type Server } from '../../src/sandbox/server.ts';
import { appcmd } from '../../src/sandbox/tools/appcmd.ts';
import { copyAcross, filesBelow, layFiles } from './drive.ts';
import { known, project } from './projection.ts';
import { registryFile } from './registry-file.ts';

/** Where the simulated server is shown, as paths of the system that shows it. */
export type Stage = {
  /** The folder that is drive C: of the lab. */
  readonly drive: string;
  /** What the PowerShell engine answers to Get-CimInstance and Get-WindowsOptionalFeature. */
  readonly cim: string;
  /** Folder of what the stand-ins answer without asking the sandbox. */
  readonly answers: string;
  /** The .reg file to import afterwards. */
  readonly registry: string;
};

// What Wine has for real stays real: the connector, Windows Installer's own files, and the programs of the lab.
const real = [
  /^inetpub\\wwwroot\\SCIMConnector\\/i,
  /^Windows\\Installer\\/i,
  /^Windows\\System32\\inetsrv\\[^\\]+\.exe$/i,
];
const laidByBundle = /^(Program Files( \(x86\))?\\|Windows\\System32\\inetsrv\\config\\schema\\)/i;

/** Writes what Wine is to show of the server; the .reg file is left to be imported. */
export async function show(server: Server, stage: Stage): Promise<void> {
  // Nobody in the lab lets the simulated time pass, and a worker process of a stopped pool ends only with time.
  elapse(server, 10_000);
  const { gone, keys, files } = project(server.facts);
  layFiles(stage.drive, files);
  copyDrive(server, stage.drive);
  // Wine reads lists of texts right only in UTF-16, which is what regedit writes.
  writeFileSync(stage.registry, `\uFEFF${registryFile(gone, keys)}`, 'utf16le');
  writeFileSync(stage.cim, JSON.stringify(cimAnswers(server)));
  await writeAnswers(server, stage.answers);
}

function copyDrive(server: Server, drive: string): void {
  const from = join(server.folder, 'c');
  const { changedAt } = known(server.facts.hosting);
  for (const path of filesBelow(from).filter((one) => !real.some((pattern) => pattern.test(one)))) {
    copyAcross(from, drive, path, laidByBundle.test(path) ? changedAt : null);
  }
}

const featureStates: Readonly<Record<FeatureState, string>> = {
  enabled: 'Enabled',
  disabled: 'Disabled',
  'enable-pending': 'EnablePending',
  'disable-pending': 'DisablePending',
  removed: 'DisabledWithPayloadRemoved',
};

function cimAnswers(server: Server) {
  const services = Object.entries(known(server.facts.iis)?.services ?? {}).map(([name, service], index) => ({
    Name: name,
    State: service.state === 'running' ? 'Running' : 'Stopped',
    ProcessId: service.state === 'running' ? 5000 + index : 0,
    startedAt: service.startedAt,
  }));
  return {
    Win32_ComputerSystem: [{ TotalPhysicalMemory: known(server.facts.machine).memoryMb * 2 ** 20 }],
    Win32_Service: services.map(({ Name, State, ProcessId }) => ({ Name, State, ProcessId })),
    Win32_Process: [
      ...services
        .filter(({ ProcessId }) => ProcessId > 0)
        .map(({ ProcessId, startedAt }) => processRow('svchost.exe', ProcessId, 4, startedAt)),
      ...known(server.facts.installer).holders.flatMap(holderRows),
    ],
    OptionalFeatures: Object.entries(known(server.facts.features)).map(([name, state]) => ({
      FeatureName: name,
      State: featureStates[state],
    })),
  };
}

function processRow(Name: string, ProcessId: number, ParentProcessId: number, CreationDate: string | null) {
  return { Name, ProcessId, ParentProcessId, CreationDate };
}

/** A process of Windows Installer, and beside it the one that has started it. */
function holderRows({ pid, name, parent, startedAt }: InstallerHolder) {
  const parentId = pid + 40_000;
  const above = parent === null ? [] : [processRow(parent, parentId, 4, startedAt)];
  return [processRow(name, pid, parentId, startedAt), ...above];
}

/** The lists of appcmd, which the reader asks for at every look: a stand-in that starts Node for each would be slow. */
async function writeAnswers(server: Server, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const object of ['site', 'apppool', 'wp']) {
    const { code, output } = await appcmd(server, ['list', object, '/xml']);
    if (code === 0) writeFileSync(join(folder, `appcmd list ${object} _xml.txt`), output);
  }
}
