// `npm run bench`: the ratios of test/bench, by Node 22 and with the lab set up.
import { run, runMain } from './children.mjs';
import { checkout, installPackages, node22 } from './node22.mjs';
import { setUpLab } from './set-up-lab.mjs';

await runMain(async () => {
  installPackages();
  setUpLab();
  return run(node22(), ['test/bench/ratios.ts'], { cwd: checkout });
});
