import type { Reading } from './facts.ts';
import type { FindingRow } from './finding-row.ts';
import type { Finding } from './plan.ts';
import { type Signature, signerProblem } from './signature.ts';

type SignerRow = Pick<FindingRow, 'id' | 'about' | 'means' | 'stops' | 'hint'>;

const notPinned: SignerRow = {
  id: 'signer-not-pinned',
  about: 'packages',
  means:
    'A package given does not carry a valid signature by one of the signers named with --signer or in the answers.',
  stops: 'always',
  hint: 'Get the file anew from its publisher; `Get-AuthenticodeSignature` shows on the server who signed it, and whether that holds.',
};

const unseen: SignerRow = {
  id: 'signer-unseen',
  about: 'packages',
  means: 'Who signed a package given could not be told here; only Windows can say whether a signature is valid.',
  stops: 'never',
  hint: 'On the server, apply checks the signature of its own copy before it touches anything, and refuses if it cannot.',
};

/** What is found about the signatures of packages, which are files and no facts of a server. */
export const signerRows: readonly SignerRow[] = [notPinned, unseen];

/** A package that is given, and what is known of its signature. */
export type Signed = { readonly name: string; readonly signature: Reading<Signature> };

/** What is found about the signatures of all packages given; `mustKnow`: one that could not be read counts as not valid. */
export function signerFindings(
  packages: readonly Signed[],
  signers: readonly string[],
  mustKnow: boolean,
): readonly Finding[] {
  const unread = packages.flatMap(({ name, signature }) => (signature.known ? [] : [`${name}: ${signature.why}`]));
  const wrong = packages.flatMap(({ name, signature }) =>
    signature.known ? (signerProblem(name, signature.value, signers) ?? []) : [],
  );
  const notShown = mustKnow ? [...wrong, ...unread.map((one) => `the signature could not be read of ${one}`)] : wrong;
  return [
    ...findingOf(notPinned, 'A package is not shown to be signed by one of the signers named', notShown),
    ...findingOf(unseen, 'Who signed a package could not be told', mustKnow ? [] : unread),
  ];
}

function findingOf({ id, hint, stops }: SignerRow, what: string, packages: readonly string[]): Finding[] {
  return packages.length === 0 ? [] : [{ id, message: `${what}: ${packages.join('; ')}.`, hint, stops }];
}
