import { type Resume, stampEnd } from './logs-cursor.ts';

const NEWLINE = 10;
/** A line longer than this is cut into several: memory must stay bounded whatever a container writes. */
const longestLine = 8 << 20;

/** What an answer ended with. */
export class Answer {
  /** A last line without its end: whole if the container has ended. */
  rest: Buffer = Buffer.alloc(0);
  /** The kubelet's message in place of a line. */
  error: string | undefined;
}

/** Cuts the answer after its last whole line; the unfinished rest waits for its end. What it gives holds until more is asked for. */
export async function* wholeLines(stream: AsyncIterable<Buffer>, answer: Answer): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      parts.push(Buffer.from(chunk));
      size += chunk.length;
      if (size < longestLine) continue;
      yield Buffer.concat([...parts, Buffer.of(NEWLINE)]);
      parts = [];
      size = 0;
      continue;
    }
    yield parts.length
      ? Buffer.concat([...parts, chunk.subarray(0, end)])
      : end < chunk.length
        ? chunk.subarray(0, end)
        : chunk;
    parts = end < chunk.length ? [Buffer.from(chunk.subarray(end))] : [];
    size = chunk.length - end;
  }
  const rest = Buffer.concat(parts);
  if (rest.length && stampEnd(rest, 0) < 0) answer.error = rest.toString();
  else answer.rest = rest;
}

/** The last line of a container that ended without a line break: given one. */
export function* lastLine(rest: Buffer, resume: Resume | undefined): Generator<Buffer> {
  const line = Buffer.concat([rest, Buffer.from('\n')]);
  const fresh = resume ? Buffer.concat([resume.push(line), resume.end()]) : line;
  if (fresh.length) yield fresh;
}
