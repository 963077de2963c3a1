import { type FindingRow, listed, read } from './finding-row.ts';
import { restartGaps } from './hosting-gaps.ts';

/** What can be wrong with the server itself. */
export const serverFindings: readonly FindingRow[] = [
  {
    id: 'not-elevated',
    about: 'server',
    means: 'The process may not change the server: it does not run with administrator rights.',
    needs: ['machine'],
    stops: 'always',
    alsoBack: true,
    hint: 'Start it from an elevated command prompt, or as a service account with administrator rights.',
    test: ({ now }) => (read(now.machine).elevated ? null : 'This process has no administrator rights.'),
  },
  {
    id: 'powershell-constrained',
    about: 'server',
    means: 'PowerShell runs in a restricted language mode, so the script that reads the server cannot work.',
    needs: ['machine'],
    stops: 'always',
    alsoBack: true,
    hint: 'Allow the scripts of this program in AppLocker or WDAC.',
    test: ({ now }) => {
      const mode = read(now.machine).powershell.languageMode;
      return mode === 'FullLanguage' ? null : `PowerShell runs in ${mode}, in which the server cannot be read.`;
    },
  },
  {
    id: 'os-too-old',
    about: 'server',
    means: 'This Windows is older than any on which the connector and this program are supported.',
    needs: ['machine'],
    stops: 'always',
    hint: 'The oldest Windows that the connector and this program support is Server 2012 R2.',
    test: ({ now }) => {
      const { version } = read(now.machine).os;
      return olderThan(version, '6.3') ? `Windows ${version} is older than Server 2012 R2.` : null;
    },
  },
  {
    id: 'disk-full',
    about: 'server',
    means: 'The system drive has too little room for the packages, the backup and the logs of a run.',
    needs: ['machine'],
    stops: 'always',
    hint: 'Make room on drive C:.',
    test: ({ now, wanted }) => {
      const free = read(now.machine).freeMb['C:'] ?? 0;
      const needed = wanted.goal === 'present' ? 300 : 50;
      return free < needed ? `Drive C: has ${free} MB free; ${needed} MB are needed.` : null;
    },
  },
  {
    id: 'restart-pending',
    about: 'server',
    means:
      'Windows has begun a change of its own parts that only a restart finishes; until then no Windows feature can be enabled.',
    needs: ['restart'],
    stops: 'always',
    hint: 'Restart the server, then run again.',
    test: ({ now, features }) =>
      read(now.restart).reasons.includes('servicing') && features.length > 0
        ? 'Windows waits for a restart (servicing), and DISM would fail.'
        : null,
  },
  {
    id: 'installer-suspended',
    about: 'server',
    means:
      'An installation was cut off, by a power cut perhaps, and Windows Installer will undo it later: what is on the server now may not last.',
    needs: ['installer'],
    stops: 'unless-accepted',
    hint: 'Start the installer of that product again, which finishes or undoes it, or accept that Windows Installer takes it back first.',
    test: ({ now, unfinished }) =>
      read(now.installer).suspended && !unfinished
        ? 'Windows Installer holds a suspended installation of somebody else.'
        : null,
  },
  {
    id: 'installer-disabled',
    about: 'server',
    means: 'A policy forbids Windows Installer to install anything.',
    needs: ['installer'],
    stops: 'always',
    alsoBack: true,
    hint: 'Lift the policy DisableMSI for the time of the run.',
    test: ({ now, route }) =>
      read(now.installer).disabledByPolicy && route !== 'none' ? 'Windows Installer is disabled by policy.' : null,
  },
  {
    id: 'features-unknown',
    about: 'iis',
    means:
      'A Windows feature that is needed, or that the answers ask for, does not exist under that name on this Windows.',
    needs: ['features'],
    stops: 'always',
    hint: 'Check the names with: dism /Online /English /Get-Features /Format:Table',
    test: ({ features, now }) => {
      const known = read(now.features);
      return listed(
        features.filter((name) => !(name in known)),
        (names) => `This Windows does not know the features ${names}.`,
      );
    },
  },
  {
    id: 'features-removed',
    about: 'iis',
    means:
      'A Windows feature that is needed was removed together with its files, so it cannot be enabled from this server alone.',
    needs: ['features'],
    stops: 'always',
    hint: 'Enable them by hand with dism and /Source pointing at the installation medium, then run again.',
    test: ({ features, now }) => {
      const known = read(now.features);
      return listed(
        features.filter((name) => known[name] === 'removed'),
        (names) => `The files of the features ${names} are not on this server.`,
      );
    },
  },
  {
    id: 'shared-configuration',
    about: 'iis',
    means:
      'IIS shares its configuration with other servers, and the hosting bundle does not install its module into a shared configuration.',
    needs: ['iis'],
    stops: 'always',
    hint: 'Disable the shared configuration, run again, export the configuration and enable it again.',
    test: ({ now, runtime }) => {
      const shared = read(now.iis)?.sharedConfiguration;
      return shared && (runtime?.gaps.length ?? 0) > 0
        ? `IIS takes its configuration from ${shared}; the hosting bundle refuses to install then.`
        : null;
    },
  },
  {
    id: 'clock-behind',
    about: 'iis',
    means:
      'The hosting bundle was laid down at a time that the clock of the server has not reached, so whether IIS has been started since cannot be told.',
    needs: ['iis', 'hosting'],
    stops: 'always',
    hint: 'Set the clock right. If it is right, give the files the present time in PowerShell: dir "$env:ProgramFiles\\IIS\\Asp.Net Core Module\\V2","$env:windir\\System32\\inetsrv\\config\\schema\\aspnetcore*" | % { $_.CreationTime = Get-Date }. The run then restarts IIS.',
    // A run that was cut would rather be walked back than left in its middle.
    test: ({ now, runtime, unfinished }) => {
      if (unfinished) return null;
      const { changedAt } = read(now.hosting);
      const isUnknown = runtime !== null && changedAt !== null && Date.parse(changedAt) > Date.parse(now.takenAt);
      return isUnknown && restartGaps(read(now.iis), read(now.hosting)).length > 0
        ? `The ASP.NET Core Module was laid down at ${changedAt}, and on the server it is ${now.takenAt}.`
        : null;
    },
  },
  {
    id: 'vc-runtime-missing',
    about: 'iis',
    means:
      'On Server 2012 R2 the ASP.NET Core Module needs the Visual C++ runtime, which the hosting bundle does not bring along.',
    needs: ['machine', 'hosting'],
    stops: 'always',
    hint: 'Install the Visual C++ 2015-2022 redistributable (x64), then run again.',
    test: ({ now, runtime }) =>
      read(now.machine).os.version.startsWith('6.3') && read(now.hosting).vcRuntime === null && runtime
        ? 'Server 2012 R2 lacks the Visual C++ runtime, without which IIS cannot load the ASP.NET Core Module.'
        : null,
  },
];

function olderThan(version: string, limit: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [limitMajor = 0, limitMinor = 0] = limit.split('.').map(Number);
  return major < limitMajor || (major === limitMajor && minor < limitMinor);
}
