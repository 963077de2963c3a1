import type { Outcome } from '../../src/core/codes.ts';
import type { Facts, Product } from '../../src/core/facts.ts';
import type { Interrupt } from '../../src/core/interrupt.ts';
import type { Entry } from '../../src/core/journal.ts';
import type { Step } from '../../src/core/step.ts';
import type { RunDoors } from '../../src/run/run-doors.ts';
import { config, configFile, hash, iis, known, pool, product, server, settings, unread } from '../core/server-facts.ts';

/** What happens in place of a step's success: another outcome, with or without the step's effect. */
export type Trouble = { readonly outcome: Partial<Outcome>; readonly effect?: boolean };

const success: Outcome = { ok: true, reboot: 'none', meaning: 'success' };

/** A server in memory on which 4.1.0 runs: steps have their effect, except where a test puts trouble in their way. */
export class SmallServer implements RunDoors {
  facts: Facts = server();
  readonly entries: Entry[] = [];
  readonly warnings: string[] = [];
  /** Labels of what was performed, in order. */
  readonly performed: string[] = [];
  /** Trouble by what the label of an attempt ends with: `connector.upgrade-first`. */
  readonly troubles: Readonly<Record<string, Trouble>>;
  isUnreadable: (look: number) => boolean = () => false;
  isFull: (entry: Entry, write: number) => boolean = () => false;
  /** What the connector saves while its pool is being stopped. */
  whenStopped: Partial<Facts> = {};
  interruptedAt = Number.POSITIVE_INFINITY;
  /** What whoever interrupts asks for. */
  asks: Interrupt = 'back';
  /** The attempt during which the console is closed; its label ends so. */
  leftDuring = '';
  readonly #leaving = Promise.withResolvers<void>();
  readonly leaving = this.#leaving.promise;
  #isLeft = false;
  #looks = 0;
  #writes = 0;
  #questions = 0;
  #seconds = 0;

  constructor(troubles: Readonly<Record<string, Trouble>> = {}) {
    this.troubles = troubles;
  }

  get looks(): number {
    return this.#looks;
  }

  async look(): Promise<Facts> {
    const blind = { products: unread(), iis: unread(), config: unread(), kept: unread() };
    return this.isUnreadable(++this.#looks) ? { ...this.facts, ...blind } : this.facts;
  }

  async perform(step: Step, label: string): Promise<Outcome> {
    this.performed.push(label);
    if (this.leftDuring !== '' && label.endsWith(this.leftDuring)) await this.#close();
    this.#seconds += 10;
    const key = Object.keys(this.troubles).find((one) => label.endsWith(one));
    const trouble = key === undefined ? null : this.troubles[key];
    if (!trouble || trouble.effect) this.#reach(step);
    return { ...success, ...trouble?.outcome };
  }

  async write(entry: Entry): Promise<void> {
    if (this.isFull(entry, ++this.#writes)) throw new Error('no space is left');
    this.entries.push(entry);
  }

  interrupted(): Interrupt {
    if (this.#isLeft) return 'leave';
    return ++this.#questions >= this.interruptedAt ? this.asks : 'no';
  }

  reboot: RunDoors['reboot'] = 'report';
  restarts = 0;
  restartEnds: Outcome = { ok: true, reboot: 'initiated', meaning: 'a restart of the server was started' };

  async restart(): Promise<Outcome> {
    this.restarts += 1;
    return this.restartEnds;
  }

  async #close(): Promise<void> {
    this.#isLeft = true;
    this.#leaving.resolve();
    await new Promise(setImmediate);
    this.entriesAtClose = this.entries.length;
  }

  /** How many entries the journal had when the attempt went on after the console was closed. */
  entriesAtClose = 0;

  now(): string {
    return new Date(Date.UTC(2026, 10, 23, 20, 41, 7 + this.#seconds)).toISOString();
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  #reach(step: Step): void {
    const { products } = this.facts;
    const isStopped = step.kind === 'pool.stop';
    const effect = effectOf(step, products.known ? products.value : []);
    this.facts = { ...this.facts, ...effect, ...(isStopped ? this.whenStopped : {}) };
  }
}

function effectOf(step: Step, there: readonly Product[]): Partial<Facts> {
  switch (step.kind) {
    case 'pool.stop':
      return { iis: known(iis({ pools: [{ ...pool, state: 'stopped', workers: 0 }] })) };
    case 'pool.start':
      return { iis: known(iis()) };
    case 'config.backup':
      return { kept: known({ files: step.files, packages: step.packages.map((one) => one.sha256) }) };
    case 'connector.unchanged':
      return {};
    case 'config.restore':
      return { config: known(config) };
    case 'connector.uninstall':
      return { products: known(there.filter((one) => one.productCode !== step.productCode)), config: known([]) };
    case 'connector.install':
    case 'connector.upgrade':
      return {
        products: known([product(step.msi.version)]),
        config: known([configFile(settings, { sha256: hash('defaults') })]),
      };
    default:
      throw new Error(`the small server does not know ${step.kind}`);
  }
}
