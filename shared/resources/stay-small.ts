/** A long list makes garbage by the page: V8 is kept from giving itself more room for it, which would double what we take. */
export async function staySmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}

/** V8 lets garbage grow to 8 MiB at least, whatever its flags say: as much as all that lives while 50 logs are followed. Bytes. */
const leastGarbage = 2 << 20;
const lookMs = 250;

/**
 * The same for what goes on for hours. Code of V8's highest grade, with the making of it, would be a tenth of all that it takes:
 * said before there is much to do, or the first of it is made all the same; and after all has been loaded, for V8 then takes no code
 * cache that was made before, Node's own neither.
 */
export async function stayPlain(): Promise<void> {
  await staySmall();
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of ['--no-turbofan', '--no-maglev-inlining', '--optimize-for-size']) setFlagsFromString(flag);
}

/** While something goes on for hours, garbage is collected sooner. What it returns ends that. */
export async function collectSoon(): Promise<() => void> {
  const [{ setFlagsFromString, getHeapStatistics }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  // Not among the executable's flags: Node's snapshot holds none of it, and each start would take 5 ms longer.
  setFlagsFromString('--expose-gc');
  let collect: (() => void) | undefined;
  let live = 0;
  const look = () => {
    const used = getHeapStatistics().used_heap_size;
    if (used < live) live = used;
    if (used - live < Math.max(leastGarbage, live / 5)) return;
    // A context that knows it is made when it is wanted: not before the first lines.
    collect ??= runInNewContext('gc') as () => void;
    collect();
    live = getHeapStatistics().used_heap_size;
  };
  const timer = setInterval(look, lookMs).unref();
  return () => clearInterval(timer);
}
