import type { Pins } from '../core/pins.ts';
import type { Problem } from '../core/setup-error.ts';
import type { Properties } from '../core/step.ts';
import type { Wanted } from '../core/wanted.ts';
import { contradiction } from './plan-media.ts';
import { pinsOf } from './read-pins.ts';
import { type Choices, parseProperty } from './read-wanted.ts';
import type { Request } from './request.ts';

/** Where flags beside a kept plan say something else than it does; the values of properties are not quoted. */
export function contradictions(
  request: Request,
  {
    features,
    properties,
    wayBackProperties,
    accept,
    secrets,
    reboot,
    resume,
    ...pins
  }: Choices & Pick<Wanted, 'secrets'>,
): readonly Problem[] {
  return [
    ...foreignPins(request, pins),
    ...request.accept
      .filter((id) => !accept.includes(id))
      .map((id) => contradiction('--accept', `it does not accept ${id}`)),
    ...request.feature
      .filter((name) => !features.includes(name))
      .map((name) => contradiction('--feature', `it does not enable ${name}`)),
    ...foreignProperties('--property', request.property, properties),
    ...foreignProperties('--way-back-property', request.wayBackProperty, wayBackProperties),
    ...(request.secretProperty ?? [])
      .filter((name) => !secrets.some((one) => one.name === name))
      .map(() => contradiction('--secret-property', 'it does not name that secret')),
    ...(request.reboot === undefined || request.reboot === reboot
      ? []
      : [contradiction('--reboot', `it says ${reboot}`)]),
    ...(request.resume === undefined || request.resume === resume
      ? []
      : [contradiction('--resume', `it says ${resume}`)]),
    ...(request.answers === undefined ? [] : [contradiction('--answers', 'it holds its answers already')]),
  ];
}

function foreignProperties(option: string, given: readonly string[], planned: Properties): readonly Problem[] {
  return given
    .map(parseProperty)
    .filter(([name, value]) => !Object.hasOwn(planned, name) || planned[name] !== value)
    .map(([name]) => contradiction(option, `it does not give ${name} that value`));
}

function foreignPins(request: Request, planned: Pins): readonly Problem[] {
  const problems: Problem[] = [];
  const { sha256, minimumVersion, signers } = pinsOf({}, request, problems);
  const lacks = (option: string) => contradiction(option, 'it does not ask for that');
  return [
    ...problems,
    ...(sha256.every((one) => planned.sha256.includes(one)) ? [] : [lacks('--sha256')]),
    ...(minimumVersion.msi === undefined || minimumVersion.msi === planned.minimumVersion.msi
      ? []
      : [lacks('--minimum-msi-version')]),
    ...(minimumVersion.hostingBundle === undefined ||
    minimumVersion.hostingBundle === planned.minimumVersion.hostingBundle
      ? []
      : [lacks('--minimum-bundle-version')]),
    ...(signers.every((one) => planned.signers.includes(one)) ? [] : [lacks('--signer')]),
  ];
}
