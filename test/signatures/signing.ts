import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after } from 'node:test';

/** A certificate that its owner has signed, and the file of its key. */
export type Signer = { readonly certificate: X509Certificate; readonly key: string; readonly file: string };

const folder = mkdtempSync(join(tmpdir(), 'scim-setup-signing-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** A new signer, valid from now on for as many days; `usage` is what its certificate is for. */
export function newSigner(subject: string, { usage = 'codeSigning', days = 30 } = {}): Signer {
  made += 1;
  const [key, file] = [join(folder, `${made}.key`), join(folder, `${made}.pem`)];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', file];
  const words = [...request, '-days', String(days), '-subj', subject, '-addext', `extendedKeyUsage=${usage}`];
  execFileSync('openssl', words, { stdio: 'ignore' });
  return { certificate: new X509Certificate(readFileSync(file)), key, file };
}

/** SHA-1, as Windows names certificates. */
export function thumbprintOf({ certificate }: Signer): string {
  return certificate.fingerprint.replaceAll(':', '');
}

/** A copy of a package or program that a signer has signed; `more` are words for osslsigncode. */
export function signed(path: string, { key, file }: Signer, ...more: readonly string[]): string {
  made += 1;
  const target = join(folder, `${made}-${basename(path)}`);
  const words = ['sign', '-certs', file, '-key', key, '-h', 'sha256', ...more, '-in', path, '-out', target];
  execFileSync('osslsigncode', words, { stdio: 'ignore' });
  return target;
}
