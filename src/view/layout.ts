/** Where lines end, so that a console of 120 columns shows them whole. */
export const lineWidth = 118;

const label = ' sandbox';

/** A text in lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number = lineWidth): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text with a first line of its own indent, and all further ones under it. */
export function hanging(text: string, first: string, indent: number): string {
  const [head = '', ...rest] = wrapped(text, lineWidth - indent);
  return [first + head, ...rest.map((line) => ' '.repeat(indent) + line)].join('\n');
}

/** A sentence whose first line says at its end that the server is simulated, as every text of a simulated one does. */
export function labelled(text: string, sandbox: boolean): string {
  if (!sandbox) return wrapped(text).join('\n');
  const [head = '', ...rest] = wrapped(text, lineWidth - label.length);
  return [head.padEnd(lineWidth - label.length) + label, ...rest].join('\n');
}
