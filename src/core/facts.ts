/** SHA-256 of some bytes: 64 hex digits, lower case. */
export type Sha256 = string;

/** A value that was looked for: "not there" is a known value, "could not look" is not. */
export type Reading<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export type FeatureState = 'enabled' | 'disabled' | 'enable-pending' | 'disable-pending' | 'removed';

export type ServerIdentity = {
  readonly name: string;
  readonly os: { readonly version: string; readonly product: 'server' | 'client'; readonly edition: string };
  readonly elevated: boolean;
  readonly networkLogon: boolean;
  readonly powershell: { readonly version: string; readonly languageMode: string };
  readonly memoryMb: number;
  readonly cpuMhz: number;
  /** Free space by drive, `C:`. */
  readonly freeMb: Readonly<Record<string, number>>;
};

/** Why Windows wants a restart, and the paths that it deletes at the next boot (T1). */
export type Restart = {
  readonly reasons: readonly string[];
  readonly deletions: readonly string[];
  /** Paths from which or over which it moves a file then: a setup that ends with 3010 leaves such, and is whole after the restart. */
  readonly renames?: readonly string[] | undefined;
  /** Programs of servicing that are at work; absent where none is. */
  readonly working?: readonly string[] | undefined;
};

export type InstallerState = {
  readonly suspended: boolean;
  readonly disabledByPolicy: boolean;
  /** Who installs something just now, as far as processes of Windows Installer tell: what is busy (1618), and for whom. */
  readonly holders: readonly InstallerHolder[];
};

/** A process of Windows Installer that is not its service. Never its command line, in which a secret may stand. */
export type InstallerHolder = {
  readonly pid: number;
  readonly name: string;
  /** The program that started it; null if that has ended. */
  readonly parent: string | null;
  readonly startedAt: string | null;
};

export type ServiceState = { readonly state: 'running' | 'stopped'; readonly startedAt: string | null };

export type Site = {
  readonly name: string;
  /** `/` for a site of its own, `/SCIMConnector` for an application under another site. */
  readonly application: string;
  readonly folder: string;
  readonly pool: string;
  /** As IIS writes them: `https/*:443:`. */
  readonly bindings: readonly string[];
  readonly state: 'started' | 'stopped';
  /** Of its text in applicationHost.config, without that of applications below it; absent where that cannot be put back as text. */
  readonly element?: Sha256 | undefined;
};

export type Pool = {
  readonly name: string;
  readonly identity: string;
  readonly state: 'started' | 'stopped';
  /** Worker processes still alive: `appcmd stop` returns before they are gone (T10). */
  readonly workers: number;
  /** How SDDL names its identity: a SID, or one of its short names; absent for an account of its own. */
  readonly sid?: string | undefined;
  /** Of its text in applicationHost.config, as for sites: the password of its account stands there, encrypted. */
  readonly element?: Sha256 | undefined;
};

/** The applicationHost.config that IIS reads, with the owner, group and DACL it has. */
export type HostConfig = { readonly path: string; readonly sddl: string };

/** How http.sys treats the clients of a binding (HTTP_SERVICE_CONFIG_SSL_PARAM): bits as there, times in seconds and in milliseconds. */
export type BindingPolicy = {
  readonly flags: number;
  readonly certCheckMode: number;
  readonly revocationFreshnessTime: number;
  readonly urlRetrievalTimeout: number;
  readonly ctlIdentifier: string | null;
  readonly ctlStoreName: string | null;
};

/** One binding of http.sys, which is not part of applicationHost.config (T5). */
export type CertificateBinding = {
  readonly endpoint: string;
  readonly thumbprint: string;
  readonly store: string;
  /** Who bound it, a GUID in braces and upper case; null where http.sys has kept none (HTTP_SERVICE_CONFIG_SSL_PARAM). */
  readonly appId: string | null;
  /** Whether the certificate itself is in its store. */
  readonly present: boolean;
  /** Absent where it is what http.sys has unless it is told otherwise. */
  readonly policy?: BindingPolicy | undefined;
};

export type Iis = {
  readonly version: string;
  /** Names under InetStp\Components whose value is 1. */
  readonly components: readonly string[];
  /** Folder of the shared configuration, or null. */
  readonly sharedConfiguration: null | string;
  readonly services: Readonly<Record<string, ServiceState>>;
  readonly sites: readonly Site[];
  readonly pools: readonly Pool[];
  readonly certificates: readonly CertificateBinding[];
  /** Absent where it cannot be edited as text: it is shared with other servers, no UTF-8, or its rights could not be read. */
  readonly hostConfig?: HostConfig | undefined;
};

/** The five proofs that IIS can load the ASP.NET Core Module (dotnet/aspnetcore, ANCMV2/aspnetcoremodulev2.wxs). */
export type AspNetCoreModule = {
  readonly registered: boolean;
  readonly files: boolean;
  readonly schema: boolean;
  readonly configured: boolean;
  readonly eventSource: boolean;
};

export type Hosting = {
  /** Folders under %ProgramFiles%\dotnet\shared: what the host itself reads. */
  readonly runtimes: readonly { readonly name: string; readonly version: string; readonly bits: 32 | 64 }[];
  readonly bundles: readonly { readonly version: string; readonly cachedAt: string | null }[];
  readonly module: AspNetCoreModule;
  /** `6.0` to the OPT_NO_ options that later bundles of that line reuse. */
  readonly options: Readonly<Record<string, Readonly<Record<string, 0 | 1>>>>;
  readonly vcRuntime: string | null;
  /** When the newest part of the module was laid down; IIS must have started after it. Runtimes need no restart of IIS. */
  readonly changedAt: string | null;
};

/** The package Windows Installer kept of a product: the way back (T2). */
export type CachedPackage = {
  readonly path: string;
  readonly name: string;
  readonly sha256: Sha256;
  readonly externalCabinets: readonly string[];
  /** What the package lays down of config files: lower-case path below the product's folder to its values. */
  readonly defaults: Readonly<Record<string, Values>>;
  /** Of the web.config that it lays down; absent where it has none, or that could not be unpacked. */
  readonly webConfig?: Sha256 | undefined;
  /** Public properties it knows, sorted. */
  readonly properties: readonly string[];
};

export type Product = {
  readonly productCode: string;
  readonly upgradeCode: string;
  readonly version: string;
  readonly name: string;
  readonly context: 'machine' | 'user';
  readonly bits: 32 | 64;
  readonly folder: string | null;
  /** Of the package it was installed from, in braces and upper case; null where Windows has registered none. */
  readonly packageCode: string | null;
  /** The name of that package's file, by which Windows Installer asks for it (SourceList, T2); null where none is registered. */
  readonly packageName: string | null;
  /** Files that its cached package lays down and that are not there, relative to its folder. */
  readonly missingFiles: readonly string[];
  /** null: it is gone, or `damaged` says why it is of no use. */
  readonly cached: null | CachedPackage;
  /** What Windows Installer keeps as its package and is not that; `why` follows the path, as in "is damaged: ...". */
  readonly damaged?: undefined | { readonly path: string; readonly why: string };
};

export type ConfigRole = 'settings' | 'responses' | 'web.config' | 'legacy';

/** Fingerprints by JSON pointer: the values themselves, keys among them, never leave their file. */
export type Values = Readonly<Record<string, Sha256>>;

export type ConfigFile = {
  readonly path: string;
  readonly role: ConfigRole;
  readonly sha256: Sha256;
  readonly values: Values;
  readonly sddl: string;
};

/** Owner, group and DACL of a folder. */
export type FolderRights = { readonly path: string; readonly sddl: string };

/** A folder of the connector as it lies on the disk, whether or not a product owns it. */
export type ConnectorFolder = {
  readonly path: string;
  /** Files in it and below, but for those of its logs. */
  readonly files: number;
  /** Files of its folder `Log`, which no uninstallation removes. */
  readonly logs: number;
  /**
   * All files but the logs, by path and bytes, where more than one product lies: no package tells then whose file lies uppermost.
   * Absent elsewhere, since it takes reading every file.
   */
  readonly content?: Sha256 | undefined;
  /** Of itself, and of the folders in it that hold config or logs. */
  readonly rights?: readonly FolderRights[] | undefined;
};

/**
 * A change that this chain of runs has made to a file in a shared folder; null: not there. `assumed`: nobody saw it, because the run was
 * cut while a setup was at work.
 */
export type OwnChange = {
  readonly path: string;
  readonly from: Sha256 | null;
  readonly to: Sha256 | null;
  readonly assumed?: true | undefined;
};

/** The folder in which several servers of one connector keep their config together (multiple-instance mode). */
export type SharedFolder = {
  readonly folder: string;
  /** The name that the settings have there, where the connector names one. */
  readonly settingsName: string | null;
  /** The config in it, as the account that looks may read it. */
  readonly files: Reading<readonly ConfigFile[]>;
  readonly sddl: Reading<string>;
  /** What this chain of runs has changed there; null before it has proven that it can write there. */
  readonly own: null | readonly OwnChange[];
};

/** What this chain of runs has kept, each byte of it proven by its hash. */
export type Kept = {
  readonly files: readonly { readonly path: string; readonly sha256: Sha256 }[];
  readonly packages: readonly Sha256[];
  /** The kept applicationHost.config, and what each site and pool is in it; absent where none is kept. */
  readonly host?: KeptHost | undefined;
};

export type KeptHost = {
  readonly path: string;
  readonly sha256: Sha256;
  readonly sites: readonly (Pick<Site, 'name' | 'application'> & { readonly element: Sha256 })[];
  readonly pools: readonly { readonly name: string; readonly element: Sha256 }[];
};

/** What one server looks like. Each reading can fail on its own; no secret is ever in it. */
export type Facts = {
  readonly schema: 1;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly machine: Reading<ServerIdentity>;
  readonly restart: Reading<Restart>;
  readonly installer: Reading<InstallerState>;
  readonly features: Reading<Readonly<Record<string, FeatureState>>>;
  /** null: looked, IIS is not there. */
  readonly iis: Reading<null | Iis>;
  readonly hosting: Reading<Hosting>;
  /** Every registration of the connector, none to many. */
  readonly products: Reading<readonly Product[]>;
  readonly config: Reading<readonly ConfigFile[]>;
  /** null: the connector keeps its config in its own folder. */
  readonly shared: Reading<null | SharedFolder>;
  /** Folders of the connector that are there: of products and sites, at its standard place, and where this run found it. */
  readonly folders: Reading<readonly ConnectorFolder[]>;
  readonly kept: Reading<Kept>;
};

/** What the reader (Get-ScimFacts.ps1) knows of IIS; sites and pools themselves stand in applicationHost.config. */
export type ReaderIis = Omit<Iis, 'sites' | 'pools' | 'hostConfig'> & {
  readonly siteStates: Readonly<Record<string, 'started' | 'stopped'>>;
  readonly poolStates: Readonly<Record<string, 'started' | 'stopped'>>;
  /** Pool name of each living worker process. */
  readonly workers: readonly string[];
};

/** A registered product as the registry has it; the folder and the cached package are judged from it with its files. */
export type ReaderProduct = Omit<Product, 'folder' | 'cached' | 'damaged' | 'missingFiles'> & {
  readonly installLocation: string | null;
  readonly keyPaths: readonly string[];
  readonly localPackage: string | null;
};

/** One answer of the reader to `look`: Facts less what only files can tell. */
export type ReaderDocument = Omit<Facts, 'iis' | 'products' | 'config' | 'shared' | 'folders' | 'kept'> & {
  readonly iis: Reading<null | ReaderIis>;
  readonly products: Reading<readonly ReaderProduct[]>;
};
