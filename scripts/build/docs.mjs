// `npm run docs`: writes the pages that are made from the program's own tables.
import { run, runMain } from './children.mjs';
import { checkout, installPackages, node22 } from './node22.mjs';

await runMain(async () => {
  installPackages();
  return run(node22(), ['scripts/build/write-docs.ts'], { cwd: checkout });
});
