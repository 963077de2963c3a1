import { Listr, type ListrTask } from 'listr2';
import type { Entry, Opened } from '../core/journal.ts';
import { stepsForward } from '../core/plan.ts';
import { titleOf } from '../core/words.ts';
import { failureOf, type View } from './lines.ts';

type End = { readonly failure: string } | 'done' | 'not done';

/** One line of the picture: it ends when the run says so, never the other way round. */
class Line {
  readonly title: string;
  /** A failed try: its line is not ended, since something else may still bring the state about. */
  failure: string | null = null;
  readonly #ended: Promise<End>;
  #said: (text: string) => void = () => undefined;
  #end: (end: End) => void = () => undefined;

  constructor(title: string) {
    this.title = title;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  end(end: End): void {
    this.#end(end);
  }

  /** Shows a sentence under the title. */
  say(text: string): void {
    this.#said(text);
  }

  task(): ListrTask {
    return {
      title: this.title,
      task: async (_context, task) => {
        this.#said = (text) => {
          task.output = text;
        };
        const end = await this.#ended;
        if (end === 'not done') task.skip('not done');
        else if (end !== 'done') throw new Error(end.failure);
      },
    };
  }
}

type Titles = readonly (readonly [id: string, title: string])[];

/** The run as a list of tasks on a terminal. */
export function listrView(): View {
  const picture = new Picture();
  return {
    show: (entry) => picture.show(entry),
    tell: (_at, text) => picture.tell(text),
    close: () => picture.close(),
  };
}

class Picture {
  #lines = new Map<string, Line>();
  #atWork: Line | null = null;
  #wayBack: Titles = [];
  /** One list after the other: each takes over the terminal while it is drawn, and gives it back at its end. */
  #drawn: Promise<unknown> = Promise.resolve();

  show(entry: Entry): void {
    if (entry.type === 'opened') this.#open(entry);
    else if (entry.type === 'turned') this.#draw(this.#wayBack);
    else if (entry.type === 'closed') this.#endAll(entry.end === 'converged');
    else if (entry.type === 'started') this.#atWork = this.#lines.get(entry.id) ?? null;
    else if (entry.type === 'finished') this.#finish(entry);
    else if (entry.type === 'already' && entry.phase !== 'orElse') this.#lines.get(entry.id)?.end('done');
  }

  tell(text: string): void {
    this.#atWork?.say(text);
  }

  async close(): Promise<void> {
    this.#endAll(false);
    await this.#drawn;
  }

  #open(opened: Opened): void {
    this.#wayBack = backTitlesOf(opened);
    this.#draw(titlesOf(opened));
  }

  #draw(titles: Titles): void {
    this.#endAll(false);
    this.#lines = new Map(titles.map(([id, title]) => [id, new Line(title)]));
    const tasks = [...this.#lines.values()].map((line) => line.task());
    this.#drawn = this.#drawn.then(() => new Listr(tasks, options).run()).catch(() => undefined);
  }

  #finish(entry: Extract<Entry, { type: 'finished' }>): void {
    // On the way back the run goes on after a state that could not be reached.
    if (entry.phase !== 'back') this.#settleBefore(entry.id);
    const line = this.#lines.get(entry.id);
    const failure = failureOf(entry);
    if (failure !== null && line) line.failure ??= failure;
    else if (entry.phase !== 'orElse') line?.end('done');
  }

  /** A line before the one at work whose first try failed has been brought about otherwise. */
  #settleBefore(id: string): void {
    for (const [other, line] of this.#lines) {
      if (other === id) return;
      line.end('done');
    }
  }

  #endAll(isConverged: boolean): void {
    for (const line of this.#lines.values()) {
      if (isConverged) line.end('done');
      else line.end(line.failure === null ? 'not done' : { failure: line.failure });
    }
  }
}

/** listr2 is a picture: it may neither end the run on an error nor listen to signals. */
const options = {
  exitOnError: false,
  registerSignalListeners: false,
  rendererOptions: { collapseErrors: false, collapseSkips: false },
} as const;

function titlesOf({ plan }: Opened): [string, string][] {
  return (plan ? stepsForward(plan) : []).map(({ id, step }) => [id, titleOf(step)]);
}

function backTitlesOf({ plan }: Opened): [string, string][] {
  return (plan?.wayBack ?? []).map((step) => [`back-${step.kind}`, `way back: ${titleOf(step)}`]);
}
