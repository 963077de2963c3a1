// Preloaded with `--import`: the program gets a SIGINT as soon as it says its first word, as if someone pressed Ctrl-C.
const write = process.stdout.write.bind(process.stdout);
let isInterrupted = false;
process.stdout.write = ((...args: Parameters<typeof write>) => {
  if (!isInterrupted) process.kill(process.pid, 'SIGINT');
  isInterrupted = true;
  return write(...args);
}) as typeof process.stdout.write;
