import type { X509Certificate } from 'node:crypto';
import type { Reading } from '../core/facts.ts';
import type { Signature } from '../core/signature.ts';
import { type FileSignature, readSignature } from '../media/authenticode.ts';
import type { Open } from '../media/read-media.ts';
import { Unreadable } from '../msi/byte-source.ts';
import { trustIn } from './certificates.ts';
import type { Server } from './server.ts';

type Said = Pick<Signature, 'status' | 'message'>;

/** The sentences are those of Windows (PowerShell, resources of Microsoft.PowerShell.Security; winerror.h). */
const notSigned = (path: string): Said => ({
  status: 'NotSigned',
  message: `The file ${path} is not digitally signed. You cannot run this script on the current system.`,
});
const changed = (path: string): Said => ({
  status: 'HashMismatch',
  message: `The contents of file ${path} might have been changed by an unauthorized user or process, because the hash of the file does not match the hash stored in the digital signature.`,
});
const valid: Said = { status: 'Valid', message: 'Signature verified.' };

/**
 * What Get-AuthenticodeSignature says of a file of a simulated server, from the very bytes of the file. Where that hangs on what
 * this server does not know, as on certificates that Windows fetches, it is not known.
 */
export async function signatureOf(server: Server, path: string, open: Open): Promise<Reading<Signature>> {
  const file = await open(path);
  if (!file) return { known: false, why: `there is no file ${path}` };
  try {
    const found = await readSignature(file);
    if (!found) return { known: true, value: { ...notSigned(path), subject: null, thumbprint: null } };
    const said = found.isUnchanged ? judged(server, found) : changed(path);
    return 'unknown' in said ? { known: false, why: said.unknown } : { known: true, value: { ...said, ...who(found) } };
  } catch (error) {
    if (error instanceof Unreadable) return { known: false, why: unknownTo(`a file that ${error.problem}`) };
    throw error;
  } finally {
    await file.close();
  }
}

/** The file is the operator's own, so what is not known of it is told and is no error of the simulation. */
function unknownTo(what: string): string {
  return `the simulated server does not know what Windows says of ${what}`;
}

/** SignerCertificate is told whatever the status (PowerShell, Signature). */
function who({ signer }: FileSignature): Pick<Signature, 'subject' | 'thumbprint'> {
  return { subject: subjectOf(signer), thumbprint: signer.fingerprint.replaceAll(':', '') };
}

function judged(server: Server, found: FileSignature): Said | { readonly unknown: string } {
  if (!found.isBySigner) return { unknown: unknownTo('a signature that its signer has not made') };
  const trust = trustIn(server, found);
  if (trust === 'trusted') return valid;
  // Whatever WinVerifyTrust answers but a few codes is UnknownError (PowerShell, Signature.cs).
  return 'unknown' in trust ? trust : { status: 'UnknownError', message: trust.error };
}

/** Short names as Windows writes them; the others, of which it knows no name, it writes by their number (MS, CertNameToStr). */
const windowsNames: Readonly<Record<string, string>> = {
  CN: 'CN',
  O: 'O',
  OU: 'OU',
  L: 'L',
  C: 'C',
  ST: 'S',
  DC: 'DC',
  street: 'STREET',
  serialNumber: 'SERIALNUMBER',
  emailAddress: 'E',
  businessCategory: 'OID.2.5.4.15',
  postalCode: 'PostalCode',
  jurisdictionL: 'OID.1.3.6.1.4.1.311.60.2.1.1',
  jurisdictionST: 'OID.1.3.6.1.4.1.311.60.2.1.2',
  jurisdictionC: 'OID.1.3.6.1.4.1.311.60.2.1.3',
};

/** The subject as .NET gives it on Windows: the last part first, values with special characters in quotes. */
export function subjectOf({ subject }: Pick<X509Certificate, 'subject'>): string {
  const parts = subject.split('\n').map((line) => {
    const at = line.indexOf('=');
    const [name, value] = [windowsNames[line.slice(0, at)], plainValue(line.slice(at + 1))];
    if (!name || value === null) throw new Unreadable(`is signed by a certificate for "${line}"`, 'limit');
    return `${name}=${/[",+=<>#;]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value}`;
  });
  return parts.reverse().join(', ');
}

const escaped = /\\[,+"\\<>;=# ]/g;

/** Node puts a backslash before special characters; null for what else it may write, as several values in one part. */
function plainValue(text: string): string | null {
  if (/[\\+]/.test(text.replace(escaped, ''))) return null;
  return text.replace(escaped, (two) => two.slice(1));
}
