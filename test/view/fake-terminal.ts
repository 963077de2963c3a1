// Preloaded with `--import`: stdout, a pipe, passes for a terminal of 100 columns.
for (const stream of [process.stdout, process.stderr]) {
  Object.defineProperties(stream, { isTTY: { value: true }, columns: { value: 100 }, rows: { value: 50 } });
}
