/** What Windows Installer has on record of a product, whichever side kept it. */
export type Registration = {
  readonly name: string;
  readonly version: string;
  readonly language: number;
  readonly context: 'machine' | 'user';
  readonly bits: 32 | 64;
  readonly packageCode: string;
  readonly packageName: string;
  /** SHA-256 of the cached package, null if there is no such file. */
  readonly cached: string | null;
  /** Key file of each component that the product holds, sorted. */
  readonly keyPaths: readonly string[];
};

/** Everything that both sides must have in common after each operation. */
export type State = {
  readonly products: Readonly<Record<string, Registration>>;
  /** Upgrade code to the codes of its products, sorted. */
  readonly related: Readonly<Record<string, readonly string[]>>;
  /** Path below drive C: to the SHA-256 of the file; without the folders of Windows, the packages and the log. */
  readonly files: Readonly<Record<string, string>>;
};

/** The server on which an operation is performed: Wine, or the sandbox. */
export type Side = {
  /** Puts back what a server without any product is. */
  reset(): Promise<void>;
  /** Runs msiexec; its exit code. */
  msiexec(args: readonly string[]): Promise<number | null>;
  read(path: string): Promise<Uint8Array | null>;
  /** Lays a file down, or removes it with null. */
  write(path: string, bytes: Uint8Array | null): Promise<void>;
  /** Removes every cached package. */
  loseCache(): Promise<void>;
  look(): Promise<State>;
};

/** The folder into which every sample installs. */
export const connectorFolder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
/** Where both sides have the packages, and where msiexec writes its log. */
export const packagesFolder = 'C:\\Packages';
export const logFolder = 'C:\\Logs';
/** Where Windows Installer keeps its own copies. */
export const cacheFolder = 'C:\\Windows\\Installer';
