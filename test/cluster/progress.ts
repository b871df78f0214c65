/** What a person sees while something long runs: on a terminal one live line, otherwise plain lines. */
const stream = process.stderr;
const live = stream.isTTY === true;

type Step = { name: string; since: number; note: string; said: number };
const running = new Set<Step>();
let timer: NodeJS.Timeout | undefined;

/** 9.4s, 42s, 3m05s */
export function seconds(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${s.toFixed(1)}s`;
  if (s < 100) return `${Math.round(s)}s`;
  return `${Math.floor(s / 60)}m${String(Math.round(s) % 60).padStart(2, '0')}s`;
}

const text = (step: Step) => `${step.name}  ${seconds(Date.now() - step.since)}${step.note ? `  ${step.note}` : ''}`;

function tick(): void {
  if (live) {
    const line = [...running].map(text).join(' | ');
    stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    return;
  }
  for (const step of running) {
    const age = Date.now() - step.since;
    // First after a second, then every ten.
    if (age < 1000 || (step.said && Date.now() - step.said < 10_000)) continue;
    stream.write(step.said ? `  ${text(step)}\n` : `${step.name} …\n`);
    step.said = Date.now();
  }
}

/** A line that stays. */
export function say(line: string): void {
  stream.write(live ? `\r\x1b[K${line}\n` : `${line}\n`);
}

/** Runs one named step and shows that it goes on; `note` tells how far it has come. Steps may overlap. */
export async function step<T>(name: string, body: (note: (text: string) => void) => Promise<T>): Promise<T> {
  const entry: Step = { name, since: Date.now(), note: '', said: 0 };
  running.add(entry);
  timer ??= setInterval(tick, live ? 200 : 500);
  let failed = true;
  try {
    const result = await body((note) => {
      entry.note = note;
    });
    failed = false;
    return result;
  } finally {
    running.delete(entry);
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    const age = Date.now() - entry.since;
    if (age >= 1000 || failed) say(`${name}  ${failed ? 'failed after ' : ''}${seconds(age)}`);
    else if (live) stream.write('\r\x1b[K');
  }
}
