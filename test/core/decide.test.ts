import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/core/decide.ts';
import type { ConfigFile, Facts, Product } from '../../src/core/facts.ts';
import type { Msi } from '../../src/core/media.ts';
import type { Plan, Unfinished } from '../../src/core/plan.ts';
import { acceptable, anyServer, anyUnfinished, anyWish } from './any-server.ts';
import { backupFolder, bareServer, bundle, keptConfig, known, msi, server, wanted } from './server-facts.ts';

const runs = { numRuns: 250 };

test('deciding never throws, and always says something, whatever the server, the wish and the unfinished run', () => {
  fc.assert(
    fc.property(anyServer, anyWish, anyUnfinished, (now, goal, unfinished) => {
      const decision = decide(now, goal, unfinished);
      if (decision.verdict === 'refuse') assert.ok(decision.findings.length > 0);
      if (unfinished) assert.notEqual(decision.verdict, 'nothing-to-do');
    }),
    runs,
  );
});

test('the same facts give the same decision, byte for byte', () => {
  fc.assert(
    fc.property(anyServer, anyWish, anyUnfinished, (now, goal, unfinished) => {
      const [one, other] = [
        decide(now, goal, unfinished),
        decide(structuredClone(now), structuredClone(goal), structuredClone(unfinished)),
      ];
      assert.equal(JSON.stringify(one), JSON.stringify(other));
    }),
    { numRuns: 100 },
  );
});

test('who accepts more is never refused more, and what is planned stays the same', () => {
  fc.assert(
    fc.property(anyServer, anyWish, anyUnfinished, (now, goal, unfinished) => {
      const [less, more] = [decide(now, goal, unfinished), decide(now, { ...goal, accept: acceptable }, unfinished)];
      if (less.verdict !== 'refuse') assert.deepEqual(more, less);
      assert.deepEqual(more.findings, less.findings);
    }),
    runs,
  );
});

test('a server that could not be read wholly, where it matters, is left alone', () => {
  fc.assert(
    fc.property(anyServer, anyWish, anyUnfinished, (now, goal, unfinished) => {
      const isBlind = [now.products, now.iis, now.config, now.kept].some((reading) => !reading.known);
      if (isBlind) assert.equal(decide(now, goal, unfinished).verdict, 'refuse');
    }),
    runs,
  );
});

const changesConnector = [
  'connector.install',
  'connector.upgrade',
  'connector.repair',
  'connector.uninstall',
  'installer.settle',
  'folder.clear',
  'site.absent',
];

function judgePlan(plan: Plan, now: Facts, message: () => string): void {
  const kinds = plan.connector.map((one) => one.step.kind);
  const firstChange = kinds.findIndex((kind) => changesConnector.includes(kind));
  if (firstChange < 0) return;
  const saved = plan.backup.flatMap(({ step }) => (step.kind === 'config.backup' ? step.files : []));
  const files = now.config.known ? now.config.value : [];
  for (const file of files)
    assert.ok(
      saved.some((one) => one.path === file.path && one.sha256 === file.sha256),
      message(),
    );
  // What Windows Installer takes back is only compared, and what no product owns goes with it: writing over it could do harm.
  const isOwned = ({ path }: ConfigFile) =>
    now.products.known &&
    now.products.value.some(({ folder }) => !folder || path.toLowerCase().startsWith(`${folder.toLowerCase()}\\`));
  const isSettling = plan.wayBack.some((step) => step.kind === 'connector.unchanged');
  const restored = plan.wayBack.flatMap((step) => {
    if (step.kind === 'connector.unchanged') return step.files;
    return step.kind === 'config.restore' && step.match === 'exact' ? step.files : [];
  });
  assert.deepEqual(
    restored.map((one) => one.path),
    (isSettling ? files.filter(isOwned) : files).map((one) => one.path),
  );
}

test('before a plan changes the connector, every config file is in the backup, and the way back brings its bytes back', () => {
  fc.assert(
    fc.property(anyServer, anyWish, (now, goal) => {
      const decision = decide(now, { ...goal, accept: acceptable });
      if (decision.verdict === 'go') judgePlan(decision.plan, now, () => JSON.stringify(decision.plan));
    }),
    runs,
  );
});

/** The package from which a product comes back: that of the operator, if it is its own. */
function comesFrom({ productCode, packageCode, cached }: Product, given: Msi | null): string | undefined {
  const isOwn = given?.productCode === productCode && given.packageCode === packageCode;
  return isOwn ? given.sha256 : cached?.sha256;
}

test('a plan that changes an installed connector can put it back, or says in words why not', () => {
  fc.assert(
    fc.property(anyServer, anyWish, (now, goal) => {
      const decision = decide(now, { ...goal, accept: acceptable });
      if (decision.verdict !== 'go' || decision.plan.connector.length === 0) return;
      if (decision.plan.connector.some(({ step }) => step.kind === 'installer.settle')) return;
      const old = now.products.known ? now.products.value : [];
      const { wayBack, noWayBack } = decision.plan;
      assert.equal(
        noWayBack !== undefined,
        decision.route === 'repair' || decision.findings.some((one) => one.id === 'no-way-back'),
      );
      if (noWayBack) return;
      for (const product of old) {
        const { productCode } = product;
        const back = wayBack.find((step) => step.kind === 'connector.install' && step.msi.productCode === productCode);
        assert.ok(back?.kind === 'connector.install' && back.msi.sha256 === comesFrom(product, goal.oldMsi));
      }
    }),
    runs,
  );
});

test('a run that was cut on its way back has nothing to do but walk back', () => {
  const cut: Unfinished = {
    before: server(),
    wanted: wanted(msi('4.4.4')),
    direction: 'back',
    backup: backupFolder,
    reached: true,
  };
  const decision = decide(bareServer({ config: known([]), kept: keptConfig }), wanted(msi('5.0.0'), { bundle }), cut);
  assert.equal(decision.verdict, 'go');
  assert.ok(decision.verdict === 'go');
  assert.deepEqual([decision.plan.direction, decision.plan.prerequisites, decision.plan.connector], ['back', [], []]);
  const removed = decision.plan.wayBack.flatMap((step) => (step.kind === 'connector.uninstall' ? step.version : []));
  assert.deepEqual(removed, ['5.0.0', '4.4.4']);
});

test('each step of a plan has an id of its own', () => {
  fc.assert(
    fc.property(anyServer, anyWish, anyUnfinished, (now, goal, unfinished) => {
      const decision = decide(now, goal, unfinished);
      const ids =
        decision.verdict === 'go'
          ? [...decision.plan.backup, ...decision.plan.prerequisites, ...decision.plan.connector].map((one) => one.id)
          : [];
      assert.equal(new Set(ids).size, ids.length);
    }),
    runs,
  );
});

test('the servers and wishes of these tests lead to every route and every verdict', () => {
  const seen = new Set(
    // The same ones at every time: whether a rare route is among others would be a matter of luck.
    fc.sample(fc.tuple(anyServer, anyWish), { numRuns: 2_000, seed: 5 }).map(([now, goal]) => {
      const { verdict, route } = decide(now, { ...goal, accept: acceptable });
      return verdict === 'go' && route !== 'none' ? route : verdict;
    }),
  );
  assert.deepEqual([...seen].sort(), [
    'downgrade',
    'go',
    'install',
    'nothing-to-do',
    'prerequisites',
    'refuse',
    'repair',
    'replace',
    'uninstall',
    'upgrade',
  ]);
});
