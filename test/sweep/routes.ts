import type { Server } from '../../src/sandbox/server.ts';
import { fieldRoutes } from './field-routes.ts';
import type { Move } from './moved-state.ts';
import { installed } from './route-server.ts';

/** One way from a server to a wanted state. */
export type Route = {
  readonly name: string;
  readonly scenario: string;
  /** What is done to the scenario beforehand, by the simulated tools. */
  readonly alter?: (server: Server) => Promise<void>;
  /** Sample that was installed before, and the one given; null for none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly accept?: readonly string[];
  /** The operator's own copy of the sample that was installed. */
  readonly oldMsi?: string;
  /** `NAME=value` for the package, and for that of the installed version. */
  readonly properties?: readonly string[];
  /** The value of the secret property PASSPHRASE, if one is given; nobody may find it on the server. */
  readonly secret?: string;
  /** Where `properties` put the new version, if elsewhere. */
  readonly moves?: Move;
  /** The id of the backup to be put back, which `alter` has made; what has become of the server since it was made. */
  readonly restores?: string;
  readonly spoil?: (server: Server) => Promise<void>;
  /** Whether Windows Installer first takes back what it holds suspended: what it was then is what it is judged by. */
  readonly settles?: true;
  /** How a run without a fault ends. */
  readonly end: 'converged' | 'failed-as-before' | 'nothing-to-do' | 'refused';
  /** The finding for which it is refused, if it is. */
  readonly refusal?: string;
  /** msiexec refuses the package as long as another version is there, so that the route goes on by what else there is. */
  readonly upgradeFails?: true;
};

const upgrade = { scenario: 'scim-4.1', from: '4.1.0', to: '4.4.4', end: 'converged' } as const;

/** Routes to a first installation, to its prerequisites alone, and away from it. */
export const installs: readonly Route[] = [
  { name: 'install on a fresh server', scenario: 'fresh', from: null, to: '4.4.4', end: 'converged' },
  { name: 'install where IIS is', scenario: 'iis-only', from: null, to: '4.4.4', end: 'converged' },
  {
    name: 'install where the bundle came before IIS',
    scenario: 'bundle-before-iis',
    from: null,
    to: '4.4.4',
    end: 'converged',
  },
  {
    name: 'prerequisites of the same version',
    scenario: 'bundle-before-iis',
    alter: installed('4.4.4'),
    from: '4.4.4',
    to: '4.4.4',
    end: 'converged',
  },
  { name: 'uninstall', scenario: 'scim-4.1', from: '4.1.0', to: null, end: 'converged' },
];

/** Upgrades by a good package. */
export const upgrades: readonly Route[] = [
  { name: 'upgrade', ...upgrade },
  { name: 'upgrade of a stopped connector', ...upgrade, scenario: 'stopped-pool' },
  { name: 'upgrade that must uninstall first', ...upgrade, upgradeFails: true },
];

/** Upgrades by a package that always fails. */
export const failing: readonly Route[] = [
  {
    name: 'upgrade that fails with the old version kept',
    ...upgrade,
    to: '4.4.5-fails-old-kept',
    end: 'failed-as-before',
  },
  {
    name: 'upgrade that fails with the old version gone',
    ...upgrade,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
];

/** Packages that do something unusual, and the way over the change of the settings' format. */
export const unusual: readonly Route[] = [
  { name: 'upgrade that asks for a restart', ...upgrade, to: '4.4.5-asks-reboot' },
  { name: 'upgrade that loses the config', ...upgrade, to: '4.4.5-loses-config' },
  {
    name: 'replace',
    scenario: 'scim-3.2',
    from: '3.2.0',
    to: '4.4.4',
    accept: ['reconfiguration'],
    end: 'converged',
  },
];

/** Every route. */
export const routes: readonly Route[] = [...installs, ...upgrades, ...failing, ...unusual, ...fieldRoutes];
