// Preloaded with `--import`: the program gets signals as if from its terminal. SIGNALS_AT_START come as soon as it listens to
// them, and of SIGNALS_AT_WORDS the first comes as soon as it stops the pool, and each further one with its next word on stdout.
const named = (variable: string) => (process.env[variable] ?? '').split(',').filter((one) => one !== '');
const [atStart, atWords] = [named('SIGNALS_AT_START'), named('SIGNALS_AT_WORDS')];

// It listens to this one last.
process.on('newListener', (name) => {
  if (name === 'SIGHUP') for (const signal of atStart) process.kill(process.pid, signal);
});

const write = process.stdout.write.bind(process.stdout);
let isAmid = false;
process.stdout.write = ((...args: Parameters<typeof write>) => {
  isAmid ||= String(args[0]).includes('stop pool');
  const signal = isAmid ? atWords.shift() : undefined;
  if (signal) process.kill(process.pid, signal);
  return write(...args);
}) as typeof process.stdout.write;
