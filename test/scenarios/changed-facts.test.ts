import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Request } from '../../src/commands/request.ts';
import { freeFacts } from '../../src/core/approval.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { RunReport } from '../../src/core/report.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { keptPlanWith, program, serverIn } from '../cli/keeping.ts';
import { readings, sharedFolder } from '../core/server-facts.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { type Trace, traced, withDoors } from '../sweep/doors.ts';

/** One change of a server between the plan and its performance: where, and the facts that are seen then. */
type Change = { readonly path: readonly string[]; readonly facts: Facts };

/** A server with a plan that was kept for it, and what is asked for with that plan. */
type Given = {
  readonly scenario: string;
  readonly file: string;
  readonly folder: string;
  readonly facts: Facts;
  readonly more: Partial<Request>;
};

const passphrase = 'of the simulated servers';
const mode = ['INSTANCEMODE=Multiple', 'SHAREDFOLDER=\\\\FILESRV\\SCIM'];
const inMultipleMode = [
  ...mode.flatMap((one) => ['--property', one, '--way-back-property', one]),
  ...['--secret-property', 'PASSPHRASE', '--resume', 'off'],
];

let usual: Given;
let sharing: Given;

before(async () => {
  usual = await given('scim-4.1', ['--hosting-bundle', sample(bundle)], {});
  const secret = { environmentSecrets: new Map([['PASSPHRASE', passphrase]]) };
  sharing = await given('multi-instance', inMultipleMode, secret);
});

async function given(scenario: string, flags: readonly string[], more: Given['more']): Promise<Given> {
  const { file, folder } = await keptPlanWith({ SCIM_SETUP_SECRET_PASSPHRASE: passphrase }, scenario, ...flags);
  return { scenario, file, folder, facts: await lookedAt(await serverIn(folder)), more };
}

function applied({ file, more }: Given, machine: Machine): Promise<RunReport> {
  return apply({ ...asked('apply', null), plan: file, ...more }, doorsOf(machine, { program }));
}

const lookedAt = (machine: Machine) =>
  machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\ProgramData\\ScimSetup\\packages' });

/** Something else of the same kind; words that stand for a choice become another choice of it. */
function other(value: unknown): unknown {
  const choices = [
    ['started', 'stopped'],
    ['running', 'stopped'],
    ['enabled', 'disabled'],
    ['machine', 'user'],
  ];
  const choice = choices.find((one) => one.includes(String(value)));
  if (choice) return choice.find((one) => one !== value);
  if (typeof value === 'number') return value === 64 ? 32 : value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null) return 'something';
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return new Date(Date.parse(text) + 5_000).toISOString();
  return /^[0-9a-f]{64}$/.test(text) ? [...text].reverse().join('') : `${text}1`;
}

/** Every change that a document can have at one place: each leaf another one, each list one longer and shorter. */
function changesOf(value: unknown, path: readonly string[] = []): { path: readonly string[]; value: unknown }[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((row, index) =>
      changesOf(row, [...path, String(index)]).map((one) => ({ ...one, value: value.with(index, one.value) })),
    );
    const longer = value.length === 0 ? [{ path: [...path, '+'], value: ['something'] }] : [];
    return [...inside, ...longer, ...value.slice(0, 1).map(() => ({ path: [...path, '-'], value: value.slice(1) }))];
  }
  if (path.join('.') === 'shared.value.own') return [{ path, value: [] }];
  if (typeof value !== 'object' || value === null) return [{ path, value: other(value) }];
  return Object.entries(value).flatMap(([key, row]) =>
    changesOf(row, [...path, key]).map((one) => ({ ...one, value: { ...value, [key]: one.value } })),
  );
}

/** Every single change of the facts; `schema` and `known` say how a document is to be read, and are no facts. */
function everyChange({ facts }: Given): readonly Change[] {
  const { shared, ...rest } = facts;
  const leaves = changesOf(shared.known && shared.value === null ? rest : facts)
    .map(({ path, value }) => ({
      path: path.filter((part) => part !== 'value'),
      facts: { ...facts, ...(value as Partial<Facts>) },
    }))
    .filter(({ path }) => path.join() !== 'schema' && path.at(-1) !== 'known');
  const failed = readings.map((name) => ({ path: [name], facts: { ...facts, [name]: { known: false, why: 'no' } } }));
  return [...leaves, ...failed, { path: ['shared'], facts: { ...facts, shared: sharedFolder() } }];
}

/** Each change of the usual server, and what only one can have that shares its config. */
function everyCase(): readonly { readonly one: Given; readonly change: Change }[] {
  const ofShared = everyChange(sharing).filter(({ path }) => path[0] === 'shared' && path.length > 1);
  return [
    ...everyChange(usual).map((change) => ({ one: usual, change })),
    ...ofShared.map((change) => ({ one: sharing, change })),
  ];
}

/** The server with other facts until the run has begun to change something; whatever changes it is noted. */
function seen(server: Machine, change: Facts): { readonly machine: Machine; readonly deeds: Trace['doors'] } {
  const { machine, trace } = traced(server);
  const look: Machine['look'] = async (what) => (trace.doors.length > 0 ? machine.look(what) : change);
  return { machine: withDoors(machine, { look }), deeds: trace.doors };
}

function isFree(path: readonly string[]): boolean {
  const named = path.map((part) => (/^\d+$/.test(part) ? '*' : part)).join('.');
  return freeFacts.some((row) => {
    const pattern = row.path.replaceAll('.', '\\.').replaceAll('*', '[^.]+');
    return new RegExp(`^${pattern}(\\.|$)`).test(named);
  });
}

/** That a report names the place of a change: its list, and the field unless that is what names the row. */
function names(report: RunReport, path: readonly string[]): boolean {
  const end = path.findIndex((part) => /^(\d+|[+-])$/.test(part));
  const place = path.slice(0, end < 0 ? undefined : end).join('.');
  const field = end < 0 || /^(\d+|[+-])$/.test(path.at(-1) ?? '') ? '' : `.${path.slice(end + 1).join('.')}`;
  const isName = ['name', 'path', 'productCode', 'endpoint', 'application', 'version', 'bits'].includes(
    path.at(-1) ?? '',
  );
  const all = report.approved?.differences ?? [];
  return all.some((one) => one.startsWith(place) && (isName || field === '' || isWithin(one, path.slice(end + 1))));
}

/** Numbers of rows in the middle of a path are told by the rows' names. */
function isWithin(text: string, path: readonly string[]): boolean {
  return path.filter((part) => !/^(\d+|[+-])$/.test(part)).every((part) => text.includes(part));
}

test('every fact that changes between plan and apply stops it and is named, unless it is one that may change', async () => {
  const held: string[] = [];
  for (const { one, change } of everyCase().filter(({ change: { path } }) => !isFree(path))) {
    const { path, facts: changed } = change;
    const { machine, deeds } = seen(await serverIn(one.folder), changed);
    const report = await applied(one, machine);
    assert.equal(report.exitCode, 21, `${path.join('.')}: ${report.message}`);
    assert.deepEqual(deeds, [], path.join('.'));
    const isNotElevated = report.findings.some((one) => one.id === 'not-elevated');
    assert.ok(isNotElevated || names(report, path), `${path.join('.')}: ${report.approved?.differences.join('\n')}`);
    held.push(path.join('.'));
  }
  assert.ok(held.length > 150, String(held.length));
  for (const reading of readings.filter((name) => name !== 'kept'))
    assert.ok(
      held.some((path) => path.startsWith(reading)),
      reading,
    );
});

test('a fact that may change stops nothing by itself: the same plan is performed', async () => {
  const free = everyCase().filter(({ change: { path } }) => isFree(path) && path.join() !== 'kept');
  const moved: string[] = [];
  for (const { one, change } of free) {
    const { path, facts: changed } = change;
    const { machine } = seen((await givenServer(one.scenario)).machine, changed);
    const report = await applied(one, machine);
    assert.equal(report.end, 'converged', `${path.join('.')}: ${report.approved?.differences.join('\n')}`);
    moved.push(path.map((part) => (/^\d+$/.test(part) ? '*' : part)).join('.'));
  }
  for (const { path } of freeFacts) {
    const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}`);
    assert.ok(
      moved.some((one) => pattern.test(one)),
      `no change of ${path} was tried`,
    );
  }
});

test('a fact that may change stops the run all the same where another plan follows from it', async () => {
  const { facts, folder } = usual;
  const iis = facts.iis.known ? facts.iis.value : null;
  assert.ok(iis?.services.W3SVC);
  const services = { ...iis.services, W3SVC: { ...iis.services.W3SVC, startedAt: '2020-01-01T00:00:00Z' } };
  const changed: Facts = { ...facts, iis: { known: true, value: { ...iis, services } } };
  const { machine, deeds } = seen(await serverIn(folder), changed);
  const report = await applied(usual, machine);
  assert.deepEqual([report.exitCode, deeds], [21, []]);
  assert.match(report.approved?.differences.join('\n') ?? '', /the plan: prerequisites\[iis\.restart\]: new/);
});

test('too little room is a finding, whatever the plan says', async () => {
  const { facts, folder } = usual;
  const machineFacts = facts.machine.known ? facts.machine.value : assert.fail();
  const changed: Facts = { ...facts, machine: { known: true, value: { ...machineFacts, freeMb: { 'C:': 1 } } } };
  const { machine, deeds } = seen(await serverIn(folder), changed);
  const report = await applied(usual, machine);
  assert.deepEqual([report.exitCode, deeds], [21, []]);
  assert.ok(report.findings.some((one) => one.id === 'disk-full'));
});
