import { filesToKeep } from './kept-config.ts';
import type { Draft } from './plan.ts';
import { sharedFilesToKeep } from './shared-plan.ts';
import type { Situation } from './situation.ts';
import type { WantedFile } from './step.ts';

/** A backup wherever there is a product or config: what lies there without a product is nobody's to lose either. */
export function backupSteps(one: Situation): Draft[] {
  return one.products.length === 0 && filesOf(one).length === 0 ? [] : [backupStep(one)];
}

/** Every config file, and the packages from which the registered versions could be put back. */
function backupStep(one: Situation): Draft {
  const files = filesOf(one);
  const packages = one.products.flatMap(({ cached }) =>
    cached ? [{ name: cached.name, sha256: cached.sha256, from: cached.path }] : [],
  );
  const values = files.reduce((sum, file) => sum + Object.keys(file.values).length, 0);
  const versions = one.products.filter((product) => product.cached).map((product) => product.version);
  const why = `${files.length} files, ${values} values${versions.length > 0 ? `, and the package of ${versions.join(' and ')}` : ''}`;
  return { step: { kind: 'config.backup', files, packages }, why };
}

function filesOf(one: Situation): readonly WantedFile[] {
  return [...filesToKeep(one), ...sharedFilesToKeep(one)];
}
