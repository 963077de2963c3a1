import type { Answers } from '../core/answers.ts';
import { isBundleVersion, isMsiVersion, isSha256, type MinimumVersion, type Pins } from '../core/pins.ts';
import type { Problem } from '../core/setup-error.ts';
import type { Request } from './request.ts';

/** The flags that say what a package must be. */
export type PinFlags = Pick<Request, 'sha256' | 'minimumMsiVersion' | 'minimumBundleVersion' | 'signer'>;

/** What flags and answers together say that a package must be, flags over answers; what is wrong with the flags is added to the problems. */
export function pinsOf(answers: Answers, flags: PinFlags, problems: Problem[]): Pins {
  problems.push(...problemsIn(flags));
  return {
    sha256: [...(answers.sha256 ?? []), ...(flags.sha256 ?? [])].map((one) => one.toLowerCase()),
    minimumVersion: minimumOf(
      flags.minimumMsiVersion ?? answers.minimumVersion?.msi,
      flags.minimumBundleVersion ?? answers.minimumVersion?.hostingBundle,
    ),
    signers: [...(answers.signers ?? []), ...(flags.signer ?? [])].map((one) => one.trim()),
  };
}

function minimumOf(msi: string | undefined, hostingBundle: string | undefined): MinimumVersion {
  return { ...(msi === undefined ? {} : { msi }), ...(hostingBundle === undefined ? {} : { hostingBundle }) };
}

function problemsIn({ sha256 = [], minimumMsiVersion, minimumBundleVersion, signer = [] }: PinFlags): Problem[] {
  return [
    ...sha256.filter((one) => !isSha256(one)).map(noHash),
    ...(minimumMsiVersion === undefined || isMsiVersion(minimumMsiVersion)
      ? []
      : [noVersion('--minimum-msi-version', minimumMsiVersion, '4.4.0')]),
    ...(minimumBundleVersion === undefined || isBundleVersion(minimumBundleVersion)
      ? []
      : [noVersion('--minimum-bundle-version', minimumBundleVersion, '6.0.36')]),
    ...signer.filter((one) => one.trim() === '').map(nobody),
  ];
}

function noHash(text: string): Problem {
  return {
    message: `"${text}" is no SHA-256.`,
    hint: 'Give --sha256 64 hex digits, as Get-FileHash prints them; several stand behind one another.',
  };
}

function noVersion(option: string, text: string, example: string): Problem {
  return { message: `"${text}" is no version for ${option}.`, hint: `Write it as ${option} ${example}` };
}

function nobody(): Problem {
  return {
    message: '--signer names nobody.',
    hint: 'Give the thumbprint of the certificate, its subject, or the common name in it.',
  };
}
