// Preloaded with `--import`: the program gets a SIGINT as soon as it stops the pool, as if someone pressed Ctrl-C.
const write = process.stdout.write.bind(process.stdout);
let isInterrupted = false;
process.stdout.write = ((...args: Parameters<typeof write>) => {
  const isNow = !isInterrupted && String(args[0]).includes('stop pool');
  isInterrupted ||= isNow;
  if (isNow) process.kill(process.pid, 'SIGINT');
  return write(...args);
}) as typeof process.stdout.write;
