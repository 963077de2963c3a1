import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences } from './installer/differences.ts';
import type { Call, Meddling, Operation } from './installer/operation.ts';
import { absent, noPackage, propertyOf, rebuilt, rebuiltSameName, renamed, truncated } from './installer/packages.ts';
import { benchFor } from './installer/sequences.ts';
import { connectorFolder } from './installer/state.ts';
import { otherComponents, sampleVariants, twoLanguages } from './installer/variants.ts';

const p41 = 'SCIMConnector-4.1.0.msi';
/** A product of its own, with components of its own, in the folder of the others. */
const p41In32Bits = 'SCIMConnector-4.1.0-x86.msi';
const p44 = 'SCIMConnector-4.4.4.msi';
const loses = 'SCIMConnector-4.4.5-loses-config.msi';
const code44 = '{15D14DF3-61A2-40EC-80F4-861B58407587}';
const webConfig = `${connectorFolder}\\web.config`;
const dll = `${connectorFolder}\\SCIMConnector.dll`;

function call(verb: Call['verb'], what: string, letters: string | null = null): Call {
  return { kind: 'msiexec', verb, what, letters };
}

function beside(kind: Meddling['kind'], what: string): Meddling {
  return { kind, what };
}

/** For each row of the table the shortest way to see that it is so. */
const examples: Readonly<Record<string, readonly (readonly Operation[])[]>> = {
  'repair is not there': [[call('/f', code44)], [call('/f', absent)], [call('/f', noPackage)]],
  'package file is not there': [[call('/i', absent)], [call('/x', absent)]],
  'file is no package': [[call('/i', truncated)], [call('/i', noPackage)], [call('/x', truncated)]],
  'removal by a package that is not installed': [[call('/x', p44)]],
  'removal by a package that is not installed removes what that would replace': [[call('/i', p44), call('/x', loses)]],
  'upgrade code is forgotten although another product has it': [
    [call('/i', p41), call('/i', 'OnlyDetects.msi'), call('/x', p41)],
    [call('/i', loses), call('/i', 'SCIMConnector-4.4.5-asks-reboot.msi', 'omus')],
  ],
  'file of equal or higher version is kept whatever the mode': [
    [call('/i', p44), beside('edit', dll), call('/i', p44, 'amus')],
    [call('/i', p44), beside('edit', dll), call('/f', code44, 'emus')],
  ],
  'edited file without a version is replaced': [
    [call('/i', p44), beside('edit', webConfig), call('/f', p44)],
    [call('/i', p44), beside('edit', webConfig), call('/i', code44, 'pmus')],
  ],
  'same package again lays down what is gone': [[call('/i', p44), beside('delete', webConfig), call('/i', p44)]],
  'file of lower version is replaced although nobody asks for it': [
    [call('/i', p44), call('/i', p41In32Bits), call('/i', p44)],
    [call('/i', p44), call('/i', p41In32Bits), call('/f', p44, 'pmus')],
  ],
  'another build of an installed product is taken for the same': [
    [call('/i', p44), call('/i', rebuilt)],
    [call('/i', p44), call('/x', rebuiltSameName)],
    [call('/i', p44), call('/f', rebuilt)],
  ],
  'package of another name is cached anew': [[call('/i', p44), call('/i', renamed, 'vomus')]],
  'maintenance registers its package anew': [
    [call('/i', p44), call('/i', renamed)],
    [call('/i', p44), beside('lose-cache', 'of every product'), call('/i', p44, 'omus')],
  ],
  'second language of a row of the Upgrade table is not seen': [[call('/i', p41), call('/i', twoLanguages)]],
  'newer file of another component is not removed': [[call('/i', otherComponents), call('/i', p44)]],
  'source package is not missed': [[call('/i', p44), beside('lose-source', p44), call('/i', code44, 'vomus')]],
  'old product that cannot be removed does not stop an upgrade': [
    [call('/i', p41), beside('lose-cache', 'of every product'), beside('lose-source', p41), call('/i', p44)],
  ],
};

describe("the known differences between Wine's msiexec and that of Windows", () => {
  const bench = benchFor(sampleVariants);

  it('are each shown by an example, and no example is of another', () => {
    const named = differences.map(({ what }) => what);
    assert.deepEqual(Object.keys(examples).sort(), named.sort());
  });

  for (const { what, wine, windows } of differences) {
    it(`${what}: Wine ${wine}; Windows ${windows}`, async () => {
      for (const operations of examples[what] ?? []) {
        assert.ok((await bench().compare(operations)).includes(what), JSON.stringify(operations));
      }
    });
  }
});

/** What an operator does, without any difference: the strings say why both sides must agree. */
const alike: Readonly<Record<string, readonly Operation[]>> = {
  'a repair lays down what is gone, and leaves settings that were edited': [
    call('/i', p44),
    beside('edit', `${connectorFolder}\\appsettings.json`),
    beside('delete', webConfig),
    beside('delete', dll),
    call('/f', p44, 'omus'),
  ],
  'a repair with `v` caches a lost package again, so that the product can be removed': [
    call('/i', p44),
    beside('lose-cache', 'of every product'),
    call('/i', p44, 'vomus'),
    beside('lose-source', p44),
    call('/x', code44),
  ],
  'a removal finds a lost package where the product came from': [
    call('/i', p44),
    beside('lose-cache', 'of every product'),
    call('/x', code44),
  ],
  'a removal by the package given needs neither copy nor source': [
    call('/i', p44),
    beside('lose-cache', 'of every product'),
    beside('lose-source', p44),
    call('/x', renamed),
  ],
  'a product whose package is found nowhere can be neither removed nor repaired by its code': [
    call('/i', p44),
    beside('lose-cache', 'of every product'),
    beside('lose-source', p44),
    call('/x', code44),
    call('/f', code44),
  ],
  'another build of the same name replaces the first by a reinstallation with `v`': [
    call('/i', p44),
    call('/i', rebuiltSameName, 'vomus'),
    call('/x', code44),
  ],
  'an upgrade finds the lost package of the old product where that came from': [
    call('/i', p41),
    beside('lose-cache', 'of every product'),
    call('/i', p44),
  ],
  'a lower version is refused, as a reinstallation too': [call('/i', p44), call('/i', p41), call('/i', p41, 'omus')],
};

/** Packages of their own over 4.1.0 by what their row of the Upgrade table says: whether the two are there side by side. */
const upgrades: Readonly<Record<string, boolean>> = {
  'German.msi': true,
  'AllButGerman.msi': false,
  'AllButEnglish.msi': true,
  'OnlyDetects.msi': true,
  'MigratesFeatures.msi': false,
  'BelowMax.msi': true,
  'UpToMax.msi': false,
  'AboveMin.msi': true,
  'FromMin.msi': false,
};

describe('the simulated msiexec and the real one agree', () => {
  const bench = benchFor(sampleVariants);

  for (const [name, isBeside] of Object.entries(upgrades)) {
    it(`that ${name} ${isBeside ? 'comes to lie beside' : 'replaces'} 4.1.0, by its row of the Upgrade table`, async () => {
      assert.deepEqual(await bench().compare([call('/i', p41), call('/i', name)]), []);
      const { products } = await bench().sides.simulated.look();
      assert.equal(Object.keys(products).length, isBeside ? 2 : 1);
    });
  }

  it('on two products in one folder: the files stay when one of them is removed', async () => {
    // The only difference that one removal shows is that of the upgrade code, which ends the sequence.
    for (const first of [p41, 'OnlyDetects.msi']) {
      const met = await bench().compare([call('/i', p41), call('/i', 'OnlyDetects.msi'), call('/x', first)]);
      assert.deepEqual(met, ['upgrade code is forgotten although another product has it']);
      assert.ok(dll in (await bench().sides.real.look()).files);
    }
  });

  for (const [what, operations] of Object.entries(alike)) {
    it(what, async () => assert.deepEqual(await bench().compare(operations), []));
  }

  it('on each sample: installed, installed again, upgraded by 5.0.0, repaired, removed by code and by package', async () => {
    for (const one of bench().packages.filter(({ name }) => name.startsWith('SCIMConnector-'))) {
      const code = propertyOf(one, 'ProductCode');
      const ways = [
        [call('/i', one.name), call('/i', one.name), call('/x', code), call('/x', code)],
        [call('/i', p41), call('/i', one.name), call('/i', one.name, 'vomus'), call('/x', one.name)],
        [call('/i', one.name), call('/i', 'SCIMConnector-5.0.0.msi'), call('/x', code)],
      ];
      for (const operations of ways) await bench().compare(operations);
    }
  });
});
