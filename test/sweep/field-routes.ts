import { backedUp, backupId, emptiedByUninstall, installed, spoilt, withVcRuntime } from './route-server.ts';
import type { Route } from './routes.ts';

const upgrade = { scenario: 'scim-4.1', from: '4.1.0', to: '4.4.4', end: 'converged' } as const;

/** Connectors that are not where or how a standard installation would put them (T4, T10). */
export const placed: readonly Route[] = [
  {
    name: 'upgrade in a folder of its own',
    ...upgrade,
    scenario: 'own-folder',
    properties: ['INSTALLDIR=D:\\Apps\\SCIM'],
  },
  {
    name: 'upgrade on ports of its own',
    ...upgrade,
    scenario: 'own-ports',
    properties: ['HTTPSPORT=9443', 'HTTPPORT=9080'],
  },
];

/** Connectors that the package's defaults would serve a second time. */
export const moved: readonly Route[] = [
  {
    name: 'upgrade of an application under another site',
    ...upgrade,
    scenario: 'virtual-directory',
    properties: ['SITEMODE=VirtualDirectory'],
  },
  {
    name: 'upgrade of a site that was renamed',
    ...upgrade,
    scenario: 'renamed-site',
    properties: ['SITENAME=Identity'],
  },
];

/** Servers on which something is shared or lacking. */
export const shared: readonly Route[] = [
  { name: 'upgrade in a pool that another site uses', ...upgrade, scenario: 'shared-pool' },
  { name: 'upgrade without a hosting bundle', ...upgrade, scenario: 'scim-4.1-no-bundle' },
  { name: 'uninstall beside a site on the same port', ...upgrade, scenario: 'shared-port', to: null },
];

const moving = {
  ...upgrade,
  moves: { folder: 'D:\\Web\\SCIMConnector', pool: 'Own' },
  properties: ['INSTALLDIR=D:\\Web\\SCIMConnector', 'APPPOOL=Own'],
} as const;

/** Connectors that go into another folder and another pool. */
export const elsewhere: readonly Route[] = [
  { name: 'upgrade into another folder and pool', ...moving },
  {
    name: 'upgrade into another folder and pool that fails with the old version gone',
    ...moving,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
];

const multiple = {
  ...upgrade,
  scenario: 'multi-instance',
  properties: ['INSTANCEMODE=Multiple', 'SHAREDFOLDER=\\\\FILESRV\\SCIM'],
  accept: ['no-secret-after-restart'],
  secret: 'hush "hush" of the simulated servers',
} as const;

/** The same where an uninstallation takes the shared config along. */
const emptied = { ...multiple, alter: emptiedByUninstall } as const;

/** Connectors that share their config with other servers (T15). */
export const sharing: readonly Route[] = [
  { name: 'upgrade in multiple-instance mode', ...emptied },
  { name: 'upgrade in multiple-instance mode that must uninstall first', ...emptied, upgradeFails: true },
  {
    name: 'upgrade in multiple-instance mode that fails with the old version gone',
    ...emptied,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
  { name: 'uninstall in multiple-instance mode', ...emptied, to: null },
];

const account = { ...upgrade, scenario: 'pool-account' } as const;

/** Connectors whose pool has an account with a password that only IIS knows (T5). */
export const underAccount: readonly Route[] = [
  { name: 'upgrade under an account', ...account },
  { name: 'upgrade under an account that must uninstall first', ...account, upgradeFails: true },
  {
    name: 'upgrade under an account that fails with the old version gone',
    ...account,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
];

/** Products that no package for 64 bits from 4.0 on replaces. */
export const replaced: readonly Route[] = [
  { name: 'replace for 32 bits', ...upgrade, scenario: '32-bit', from: '4.1.0-x86' },
  { name: 'replace 2.5', ...upgrade, scenario: 'scim-2.5', from: '2.5.0', accept: ['reconfiguration'] },
];

const same = { from: '4.4.4', to: '4.4.4', end: 'converged' } as const;

/** What is registered and not whole, or newer than what is wanted. */
export const damaged: readonly Route[] = [
  { name: 'repair', ...same, scenario: 'broken' },
  { name: 'repair of a lost package', ...same, scenario: 'broken-package' },
  { name: 'downgrade', ...same, scenario: 'newer', from: '5.0.0', accept: ['downgrade'] },
];

const beside = {
  ...upgrade,
  scenario: 'external-cabinet',
  from: '4.1.0-cabinet-beside',
  oldMsi: '4.1.0-cabinet-beside',
} as const;
const lost = { ...upgrade, scenario: 'damaged-package', oldMsi: '4.1.0' } as const;

/** What Windows Installer cannot put back, or cannot remove, without the operator's own copy of the package. */
export const oldPackages: readonly Route[] = [
  { name: 'upgrade of a package with its cabinet beside it', ...beside },
  {
    name: 'upgrade of such a package that fails with the old version gone',
    ...beside,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
  { name: 'upgrade of a damaged package', ...lost },
  {
    name: 'upgrade of a damaged package that fails with the old version gone',
    ...lost,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
  { name: 'uninstall of a damaged package', ...lost, to: null },
];

/** More than one product. */
export const several: readonly Route[] = [
  { name: 'one of two products', ...same, scenario: 'duplicate', accept: ['duplicate', 'no-way-back'] },
  {
    name: 'one of two products of a fourth field',
    ...same,
    scenario: 'duplicate-fourth-field',
    accept: ['duplicate', 'no-way-back'],
  },
];

/** Less than a product. */
export const leftover: readonly Route[] = [
  { name: 'install over leftovers', ...same, scenario: 'leftovers', from: null, accept: ['leftovers'] },
  { name: 'install over a leftover site', ...same, scenario: 'leftover-site', from: null, accept: ['leftovers'] },
];

const settled = { ...same, settles: true } as const;

/** What Windows Installer holds suspended is settled first. */
export const suspended: readonly Route[] = [
  {
    name: 'upgrade after a power cut',
    ...settled,
    scenario: 'suspended',
    from: '4.1.0',
    accept: ['installer-suspended'],
  },
  {
    name: 'install after a power cut that left no product',
    ...settled,
    scenario: 'suspended-none',
    from: null,
    accept: ['installer-suspended', 'leftovers'],
  },
];

/** The same, with two products afterwards. */
export const suspendedBoth: readonly Route[] = [
  {
    name: 'one of two products after a power cut',
    ...settled,
    scenario: 'suspended-both',
    accept: ['installer-suspended', 'duplicate', 'no-way-back'],
  },
];

const refusedAlways = { from: null, to: '4.4.4', end: 'refused' } as const;

const restored = { ...same, scenario: 'scim-4.1', from: '4.1.0', alter: backedUp, restores: backupId } as const;

/** Backups that are put back: over config that somebody has spoilt, and over a newer version. */
export const restores: readonly Route[] = [
  { name: 'restore', ...restored, to: '4.1.0', spoil: spoilt },
  { name: 'restore over a newer version', ...restored, spoil: installed('4.4.4') },
];

/** Windows from before Server 2016, which brings less along. */
export const old: readonly Route[] = [
  { name: 'install on Server 2012 R2', ...same, scenario: '2012r2', alter: withVcRuntime, from: null },
];

/** Servers on which nothing may be touched, and one on which nothing is to be done. */
export const unchanged: readonly Route[] = [
  {
    name: 'install on a server without the Visual C++ runtime',
    ...refusedAlways,
    scenario: '2012r2',
    refusal: 'vc-runtime-missing',
  },
  {
    name: 'install where IIS is configured from a share',
    ...refusedAlways,
    scenario: 'shared-config',
    refusal: 'shared-configuration',
  },
  {
    name: 'upgrade of an installation for one user',
    ...refusedAlways,
    scenario: 'per-user',
    from: '4.1.0',
    refusal: 'per-user',
  },
  { name: 'the same version', ...same, scenario: 'same-version', end: 'nothing-to-do' },
];

/** Every route of these. */
export const fieldRoutes: readonly Route[] = [
  ...placed,
  ...moved,
  ...shared,
  ...elsewhere,
  ...sharing,
  ...underAccount,
  ...replaced,
  ...damaged,
  ...oldPackages,
  ...several,
  ...leftover,
  ...suspended,
  ...suspendedBoth,
  ...restores,
  ...old,
  ...unchanged,
];
