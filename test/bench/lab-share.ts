import { openLab, sample } from '../lab/lab.ts';
import { median, type Ratio } from './measure.ts';

/** The part of a lab upgrade's wall time that is not spent in children that change the server. */
export async function ownShare(limit: number, rounds: number): Promise<Ratio> {
  const shares: { share: number; own: number; wall: number }[] = [];
  for (let round = 0; round < rounds; round++) shares.push(await oneUpgrade());
  const [own, wall] = [median(shares.map((one) => one.own)), median(shares.map((one) => one.wall))];
  const value = median(shares.map((one) => one.share));
  return {
    name: "own share of a lab upgrade's time",
    value,
    limit,
    detail: `${own.toFixed(0)} ms of ${wall.toFixed(0)} ms, medians of ${rounds}`,
  };
}

async function oneUpgrade() {
  const lab = await openLab({ scenario: 'scim-4.1' });
  try {
    const ran = lab.run(['apply', '--msi', sample('SCIMConnector-4.4.4.msi')]);
    if (ran.code !== 0) throw new Error(`the upgrade ended with ${ran.code}: ${ran.gist}`);
    // What works on files alone is our own work; the others wait for a child that changes the server.
    const ofChildren = (ran.json.steps ?? []).filter(({ step }) => !step.kind.startsWith('config.'));
    const inSteps = ofChildren.reduce((sum, step) => sum + step.ms, 0);
    return { share: (ran.ms - inSteps) / ran.ms, own: ran.ms - inSteps, wall: ran.ms };
  } finally {
    lab.close();
  }
}
