/** What Windows says of the Authenticode signature of a file, as PowerShell's Get-AuthenticodeSignature gives it. */
export type Signature = {
  /** `Valid`, `NotSigned`, `HashMismatch` and so on. */
  readonly status: string;
  /** Windows' own sentence, in the language of the server. */
  readonly message: string;
  /** The subject of the signer's certificate as Windows writes it; null for a file without a signature. */
  readonly subject: string | null;
  /** SHA-1 of that certificate, 40 hex digits. */
  readonly thumbprint: string | null;
};

/** What each status but Valid means (PowerShell SDK, SignatureStatus). */
const statusMeanings: Readonly<Record<string, string>> = {
  NotSigned: 'is not signed',
  HashMismatch: 'was changed after it was signed',
  NotTrusted: 'is signed by somebody whom this server distrusts',
  UnknownError: 'has a signature that is not valid on this server',
  NotSupportedFileFormat: 'is of a kind whose signatures this Windows cannot check',
  Incompatible: 'has a signature that this Windows cannot check',
};

/** Why a file is not taken for one of the signers named, or null if it is validly signed by one of them. */
export function signerProblem(name: string, signature: Signature, signers: readonly string[]): string | null {
  const { status, message, subject, thumbprint } = signature;
  if (status !== 'Valid') {
    const meaning = statusMeanings[status] ?? 'has a signature of which Windows says what this program does not know';
    return `${name} ${meaning} (${status}: ${message.trim()})`;
  }
  if (signers.some((one) => isBy(signature, one))) return null;
  return `${name} is signed by ${subject ?? 'nobody'} with the certificate ${thumbprint ?? '(unknown)'}`;
}

/** A thumbprint as certificate dialogs show it may have spaces in it. */
function isBy({ subject, thumbprint }: Signature, signer: string): boolean {
  const digits = signer.replace(/\s/g, '');
  if (/^[0-9a-f]{40}$/i.test(digits)) return digits.toUpperCase() === thumbprint?.toUpperCase();
  return subject !== null && (signer === subject || signer === commonNameOf(subject));
}

/** One part of a subject: a value with special characters stands in quotes, and a quote in it is written twice (MS, CertNameToStr). */
const part = /\s*([^=,+;"]+)=("(?:[^"]|"")*"|[^,+;"]*)(?:[,+;]|$)/y;

/** The first common name in a subject, or null where there is none or the text is no subject. */
export function commonNameOf(subject: string): string | null {
  part.lastIndex = 0;
  const names: string[] = [];
  while (part.lastIndex < subject.length) {
    const [, type = '', value = ''] = part.exec(subject) ?? [];
    if (type === '') return null;
    if (type.trim() === 'CN') names.push(unquoted(value.trim()));
  }
  return names[0] ?? null;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value;
}
