import type { CertificateBinding, ConfigRole, ConnectorFolder, FolderRights, Sha256, Site, Values } from './facts.ts';
import type { SecretProperty } from './secrets.ts';

/** A cabinet beside a package, under the name that the package's Media table gives it. */
export type CabinetRef = { readonly name: string; readonly sha256: Sha256 };

/** A package in our protected folder, named by what it is: `packages\<sha256>\<name>`, with the cabinets it keeps beside itself. */
export type PackageRef = {
  readonly name: string;
  readonly sha256: Sha256;
  readonly cabinets?: readonly CabinetRef[];
};

export type BundleRef = PackageRef & { readonly version: string };
export type MsiRef = PackageRef & { readonly productCode: string; readonly version: string };

/** A public property given to msiexec. */
export type Properties = Readonly<Record<string, string>>;

/** One config file that must come through a change: its place, and the values that must be found again. */
export type WantedFile = {
  readonly path: string;
  readonly role: ConfigRole;
  readonly sha256: Sha256;
  readonly values: Values;
  /** The rights that were given to the file itself; absent where it has only those of its folder. */
  readonly rights?: string;
};

/** What lay in `folder` belongs into the folder of this product, and what `identity` might do there, to the identity of its pool. */
export type Into = { readonly folder: string; readonly identity: string | null; readonly productCode: string };

/** Every state a step can reach, with all that is needed to recognise it. One entry per kind. */
export type Steps = {
  'iis.enable': { readonly features: readonly string[] };
  'hosting.install': { readonly bundle: BundleRef };
  'hosting.repair': { readonly bundle: BundleRef };
  /** IIS has started since the hosting bundle was last changed. */
  'iis.restart': Readonly<Record<never, never>>;
  'pool.stop': { readonly pool: string };
  'pool.start': { readonly pool: string };
  'config.backup': {
    readonly files: readonly WantedFile[];
    /** `from`: where it lies on the server; null for a package that was given, which is kept before anything else is done. */
    readonly packages: readonly (PackageRef & { readonly from: string | null })[];
    /** applicationHost.config as it is when the backup is made. */
    readonly host?: { readonly path: string };
  };
  /**
   * `values`: nothing of the backup is missing. `exact`: the very bytes. `from`: another backup than that of this chain of runs.
   * `folders` have the rights named: these among others, or with `exact` no others. `into`: where all of it belongs, if not in its place.
   */
  'config.restore': {
    readonly files: readonly WantedFile[];
    readonly match: 'values' | 'exact';
    readonly from?: string;
    readonly folders?: readonly FolderRights[];
    readonly into?: Into;
    /** Files that are not to be there. */
    readonly absent?: readonly string[];
  };
  /** It is proven in this chain of runs that the shared folder can be written to. */
  'shared.prove': { readonly folder: string };
  /** The same for the config in a shared folder, as far as nobody else has changed it. */
  'shared.restore': {
    readonly folder: string;
    readonly files: readonly WantedFile[];
    readonly match: 'values' | 'exact';
  };
  /**
   * Registered, with its files, in that folder where one is named; files in `lacking` were gone before, and may be. `secrets`:
   * properties whose values are no part of any plan.
   */
  'connector.install': {
    readonly msi: MsiRef;
    readonly properties: Properties;
    readonly secrets?: readonly SecretProperty[];
    readonly folder?: string;
    readonly lacking?: readonly string[];
  };
  'connector.upgrade': {
    readonly msi: MsiRef;
    readonly properties: Properties;
    readonly secrets?: readonly SecretProperty[];
    readonly replaces: readonly string[];
    readonly folder?: string;
  };
  /** Windows Installer keeps the package of the product, as long as that is registered. */
  'connector.recache': { readonly msi: MsiRef };
  /** Registered, with all its files and its package kept by Windows Installer. */
  'connector.repair': {
    readonly msi: MsiRef;
    readonly properties: Properties;
    readonly secrets?: readonly SecretProperty[];
  };
  /** The pool of the product's site runs; holds where there is no such site. */
  'connector.serve': { readonly productCode: string };
  /**
   * `folder`: where it lies, or null if that is not known beforehand. `msi`: the package to uninstall it by, where Windows
   * Installer has lost its own. `beneath`: other products in its folder; where all of them are registered it may stay, for nothing
   * is going to be laid over its files.
   */
  'connector.uninstall': {
    readonly productCode: string;
    readonly version: string;
    readonly folder: string | null;
    readonly msi?: MsiRef;
    readonly beneath?: readonly string[];
  };
  /** The very products are registered that were, and their config is as it was. Only looked at: nothing can bring it about. */
  'connector.unchanged': { readonly productCodes: readonly string[]; readonly files: readonly WantedFile[] };
  /** Windows Installer holds no suspended installation. `by`: what it is asked to do so that it takes that back (T11). */
  'installer.settle': { readonly by: { readonly productCode: string } | { readonly msi: MsiRef } | null };
  /** No file is left in the folder: it is out of the way, in the backup. */
  'folder.clear': { readonly path: string };
  /** The folder is back, with as many files as it had at least. */
  'folder.present': { readonly folder: ConnectorFolder };
  /**
   * The site with its folder, bindings, pool and state. It alone points at its folder, but for the sites and applications
   * (`name/application`) that did before. `exact`: site and pool stand in applicationHost.config by the very text that the
   * backup has of them, the encrypted password of the pool's account with it (T5).
   */
  'site.present': {
    readonly site: Site;
    readonly identity: string;
    readonly beside: readonly string[];
    readonly exact?: true;
  };
  'site.absent': { readonly site: Site };
  /**
   * http.sys binds these certificates, which removing a site takes from everybody who uses its address and port (T5). `bound`:
   * where a certificate was bound before; what IIS has bound elsewhere since serves a site, or is gone.
   */
  'certificates.present': {
    readonly certificates: readonly CertificateBinding[];
    readonly bound: readonly string[];
    /** Endpoints that only the connector used: what was bound there counts where a site uses the port afterwards. */
    readonly ifUsed?: readonly string[];
  };
  'pool.present': { readonly pool: string; readonly identity: string; readonly exact?: true };
  'pool.absent': { readonly pool: string };
};

export type StepKind = keyof Steps;

/** A state to reach, as plain data. */
export type Step<K extends StepKind = StepKind> = { [P in K]: { readonly kind: P } & Steps[P] }[K];
