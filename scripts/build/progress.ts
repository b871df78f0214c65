/** Runs one step and says on stderr that it began and, where it took a second or more, how long it took. */
export async function step<T>(what: string, work: () => Promise<T> | T): Promise<T> {
  const start = performance.now();
  process.stderr.write(`${what}\n`);
  const beat = setInterval(() => process.stderr.write(`  ${what}: ${seconds(start)}\n`), 10_000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (performance.now() - start >= 1000) process.stderr.write(`  done in ${seconds(start)}\n`);
  }
}

const seconds = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
