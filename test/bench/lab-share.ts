import { openLab, sample } from '../lab/lab.ts';
import { median, type Ratio } from './measure.ts';

/** All in ms but `share`; `floor` is what even a run that does nothing takes under Wine. */
type Share = { readonly share: number; readonly own: number; readonly wall: number; readonly floor: number };

/** The part of a lab upgrade's wall time that is not spent in children that change the server. */
export async function ownShare(limit: number, rounds: number): Promise<Ratio> {
  const shares: Share[] = [];
  for (let round = 0; round < rounds; round++) shares.push(await oneUpgrade());
  const middle = (part: keyof Share) => median(shares.map((one) => one[part]));
  return {
    name: "own share of a lab upgrade's time",
    value: middle('share'),
    limit,
    detail:
      `${middle('own').toFixed(0)} ms of ${middle('wall').toFixed(0)} ms, of which starting Node and PowerShell for one ` +
      `look takes ${middle('floor').toFixed(0)} ms; medians of ${rounds}`,
  };
}

async function oneUpgrade(): Promise<Share> {
  const lab = await openLab({ scenario: 'scim-4.1' });
  try {
    const floor = lab.run(['detect']).ms;
    const ran = lab.run(['apply', '--msi', sample('SCIMConnector-4.4.4.msi')]);
    if (ran.code !== 0) throw new Error(`the upgrade ended with ${ran.code}: ${ran.gist}`);
    // What works on files alone is our own work; the others wait for a child that changes the server.
    const ofChildren = (ran.json.steps ?? []).filter(({ step }) => !step.kind.startsWith('config.'));
    const inSteps = ofChildren.reduce((sum, step) => sum + step.ms, 0);
    return { share: (ran.ms - inSteps) / ran.ms, own: ran.ms - inSteps, wall: ran.ms, floor };
  } finally {
    lab.close();
  }
}
