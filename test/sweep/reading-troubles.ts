import type { Facts } from '../../src/core/facts.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { journal, type Trace, withDoors } from './doors.ts';
import type { Trouble } from './trouble.ts';

/** What may fail beside changes: the journal, looks, reading files; and an operator who interrupts. */
export function readingTroubles(trace: Trace): Trouble[] {
  return [
    ...upTo(trace.journalLines).flatMap((n) => [failingJournal(n, true), failingJournal(n, false)]),
    ...upTo(trace.looks).flatMap((n) => [failingLook(n, true, null), failingLook(n, false, null)]),
    ...upTo(trace.looks).flatMap((n) => [failingLook(n, true, [nth(n)]), failingLook(n, false, [nth(n + 1)])]),
    ...upTo(trace.reads).map(blockedRead),
    ...upTo(trace.questions).map(interrupt),
  ];
}

function nth(n: number) {
  return readings[n % readings.length] ?? 'products';
}

function failingJournal(line: number, isOnce: boolean): Trouble {
  const machine = (server: Machine) => {
    let lines = 0;
    return withDoors(server, {
      append: async (path, text) => {
        if (journal.test(path)) lines += 1;
        const fails = journal.test(path) && (isOnce ? lines === line : lines >= line);
        if (fails)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
            code: 'ENOSPC',
            syscall: 'write',
          });
        return server.append(path, text);
      },
    });
  };
  return { kind: `journal fails ${isOnce ? 'once' : 'for ever'}`, at: `journal line ${line}`, isOnce, machine };
}

/** What a look may fail to read while all else is read. */
const readings = ['products', 'iis', 'config', 'kept'] as const;

function failingLook(look: number, isOnce: boolean, names: readonly (keyof Facts)[] | null): Trouble {
  const machine = (server: Machine) => {
    let looks = 0;
    return withDoors(server, {
      look: async (what) => {
        looks += 1;
        const facts = await server.look(what);
        return (isOnce ? looks === look : looks >= look) ? unreadable(facts, names) : facts;
      },
    });
  };
  const kind = `look fails ${names ? 'in one reading ' : ''}${isOnce ? 'once' : 'for ever'}`;
  return { kind, at: `look ${look} (${names ?? 'all'})`, isOnce, machine };
}

function unreadable(facts: Facts, names: readonly string[] | null): Facts {
  const readings = Object.entries(facts).map(([name, value]) => {
    const fails = typeof value === 'object' && (names === null || names.includes(name));
    return [name, fails ? { known: false, why: 'the reader died' } : value];
  });
  return Object.fromEntries(readings) as Facts;
}

/** Another program holds a file at the very moment at which it is read. */
function blockedRead(read: number): Trouble {
  const machine = (server: Machine) => {
    let reads = 0;
    const check = () => {
      reads += 1;
      if (reads === read)
        throw Object.assign(new Error('EBUSY: resource busy or locked, open'), { code: 'EBUSY', syscall: 'open' });
    };
    return withDoors(server, {
      read: async (path) => {
        check();
        return server.read(path);
      },
      list: async (folder) => {
        check();
        return server.list(folder);
      },
      hash: async (path) => {
        check();
        return server.hash(path);
      },
    });
  };
  return { kind: 'reading a file fails once', at: `reading ${read}`, isOnce: true, machine };
}

function interrupt(question: number): Trouble {
  return {
    kind: 'interrupt',
    at: `question ${question}`,
    isOnce: true,
    machine: (machine) => machine,
    interruptAt: question,
  };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
