// Tests whose bodies run in a thread of their own: node:test follows every promise of the thread it is in, and where a test awaits
// millions of them that is a third of its time.
import { after, it as inThisThread, type TestContext } from 'node:test';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** What a test does; `tell` prints a line beside its result. */
type Body = (tell: (line: string) => void) => Promise<void>;

type Ended = { readonly passed: true } | { readonly failure: unknown };
type Message = { readonly told: string } | Ended;

const bodies = new Map<string, Body>();
let thread: Worker | null = null;

/** A test; its file is loaded a second time, in the thread, where nothing of node:test may be called. */
export function it(name: string, body: Body): void {
  if (bodies.has(name)) throw new Error(`There are two tests with the name ${name}.`);
  if (bodies.size === 0) begin();
  bodies.set(name, body);
  if (isMainThread) inThisThread(name, (test) => runInThread(name, test));
}

function begin(): void {
  if (isMainThread) after(() => thread?.postMessage(null));
  else parentPort?.on('message', answer);
}

async function runInThread(name: string, test: TestContext): Promise<void> {
  thread ??= started();
  const worker = thread;
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const hear = (message: Message) => ('told' in message ? test.diagnostic(message.told) : resolve(message));
  const leave = () => reject(new Error('The thread has ended amid the test: what it waits for never comes.'));
  worker.on('message', hear).once('error', reject).once('exit', leave);
  worker.postMessage(name);
  const ended = await promise.finally(() => worker.off('message', hear).off('error', reject).off('exit', leave));
  if ('failure' in ended) throw ended.failure;
}

/** A thread that has ended too early is started anew for the next test; an error between two tests is nobody's, and fails the file. */
function started(): Worker {
  // Most of what a trial makes is gone when it ends: with room for it, it is not moved about before.
  const worker = new Worker(process.argv[1] ?? '', { resourceLimits: { maxYoungGenerationSizeMb: 64 } });
  const forget = () => {
    if (thread === worker) thread = null;
  };
  return worker.once('exit', forget).once('error', (error) => {
    forget();
    if (worker.listenerCount('error') === 0) throw error;
  });
}

/** In the thread: runs the test of that name, or ends the thread where there is none. */
async function answer(name: string | null): Promise<void> {
  if (name === null) return parentPort?.close();
  // While the test runs nothing but its own work keeps the thread alive.
  parentPort?.unref();
  const ended = await endOf(bodies.get(name));
  parentPort?.ref();
  parentPort?.postMessage(ended);
}

async function endOf(body: Body | undefined): Promise<Ended> {
  try {
    if (!body) throw new Error('The thread has another list of tests.');
    await body((told) => parentPort?.postMessage({ told } satisfies Message));
    return { passed: true };
  } catch (failure) {
    return { failure };
  }
}
