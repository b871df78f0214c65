/**
 * Where we are in a container's log, so that it goes on after a broken connection without losing or repeating a line.
 *
 * With `timestamps=true` the kubelet puts each line's time before it, RFC 3339 with nine digits of a second and the node's own zone
 * (cri-client pkg/logs: RFC3339NanoFixed). `sinceTime` is cut to whole seconds on its way to the kubelet and filters line by line, so an
 * answer begins before the place where we were: {@link Resume} finds that place.
 */
const SPACE = 32;
const NEWLINE = 10;

/** Bytes held while it is open whether the last seen line is still to come in an answer. */
const holdLimit = 1 << 20;

/**
 * Index of the space behind a line's timestamp; -1 where the line has none: the rest of a line whose beginning was left out by
 * `sinceTime`, or an error that the kubelet wrote into the answer.
 */
export function stampEnd(buffer: Buffer, start: number): number {
  if (buffer[start + 4] !== 45 || buffer[start + 10] !== 84 || buffer[start + 13] !== 58) return -1;
  for (let i = start + 20; i < start + 37; i++) if (buffer[i] === SPACE) return i;
  return -1;
}

/** A timestamp as [whole seconds since the epoch, nanoseconds]. */
export function parseStamp(stamp: string): [number, number] {
  const [, whole = '', fraction = '', zone = 'Z'] = /^([^.Zz+]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  return [Date.parse(`${whole}${zone}`) / 1000, Number(fraction.padEnd(9, '0').slice(0, 9))];
}

/** Order of two lines by their timestamps, whose places in the buffers are given: negative, 0 or positive. */
export function compareStamps(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): number {
  const zone = aEnd - aStart - 29;
  if (zone > 0 && aEnd - aStart === bEnd - bStart && zoneEqual(a, aEnd, b, bEnd, zone))
    return a.compare(b, bStart, bEnd, aStart, aEnd);
  const [aSec, aNano] = parseStamp(a.toString('latin1', aStart, aEnd));
  const [bSec, bNano] = parseStamp(b.toString('latin1', bStart, bEnd));
  return aSec - bSec || aNano - bNano;
}

function zoneEqual(a: Buffer, aEnd: number, b: Buffer, bEnd: number, length: number): boolean {
  for (let i = 1; i <= length; i++) if (a[aEnd - i] !== b[bEnd - i]) return false;
  return true;
}

/** The last line that was taken: its timestamp, and how many lines in a row had that one. */
export class Cursor {
  stamp: Buffer = Buffer.alloc(0);
  same = 0;

  get started(): boolean {
    return this.same > 0;
  }

  /** The time to ask from: a second before the last line's, for lines of stdout and stderr may be written a little out of order. */
  get since(): string {
    const [seconds] = parseStamp(this.stamp.toString('latin1'));
    return `${new Date((seconds - 1) * 1000).toISOString().slice(0, 19)}Z`;
  }

  /** The last line's time, since the epoch. */
  get milliseconds(): number {
    return Date.parse(this.stamp.toString('latin1'));
  }

  /** From the last line to the first of these; infinite where that has no time. */
  secondsTo(lines: Buffer): number {
    const stop = stampEnd(lines, 0);
    if (stop < 0) return Number.POSITIVE_INFINITY;
    return parseStamp(lines.toString('latin1', 0, stop))[0] - parseStamp(this.stamp.toString('latin1'))[0];
  }

  /** As {@link advance}, and gives the lines back. */
  take(lines: Buffer): Buffer {
    this.advance(lines);
    return lines;
  }

  /** Takes whole lines: looks at the last ones only, whatever the size. */
  advance(lines: Buffer): void {
    let end = lines.length;
    let same = 0;
    let stamp: Buffer | undefined;
    while (end > 0) {
      const start = lines.lastIndexOf(NEWLINE, end - 2) + 1;
      // lastIndexOf takes -1 for the last byte: a line of its newline alone at the very beginning.
      const from = end === 1 ? 0 : start;
      const stop = stampEnd(lines, from);
      if (stop >= 0) {
        if (!stamp) stamp = lines.subarray(from, stop);
        else if (stamp.compare(lines, from, stop) !== 0) break;
        same++;
      }
      end = from;
    }
    if (!stamp) return;
    if (end === 0 && stamp.equals(this.stamp)) this.same += same;
    else {
      this.stamp = Buffer.from(stamp);
      this.same = same;
    }
  }
}

/**
 * Takes an answer that begins before the cursor and lets through what comes behind it. The last seen line is known by its timestamp and
 * its number among those that have the same, not by its place: a rotated log begins later.
 */
export class Resume {
  /** The place was found, or is known to be gone. */
  passing = false;
  /** The last seen line is not in the log any more: lines may be missing before the first that is let through. */
  gap = false;
  readonly #stamp: Buffer;
  readonly #same: number;
  readonly #limit: [number, number];
  readonly #near: boolean;
  #count = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #any = false;

  /** @param near the answer was asked for so that it begins before the last seen line: where its first line is later, that one is not in it */
  constructor(cursor: Cursor, near = false) {
    this.#near = near;
    this.#stamp = cursor.stamp;
    this.#same = cursor.same;
    const [seconds, nanos] = parseStamp(cursor.stamp.toString('latin1'));
    this.#limit = [seconds + 1, nanos];
  }

  /** Whole lines in, the new ones among them out. */
  push(lines: Buffer): Buffer {
    if (this.passing) return lines;
    let at = 0;
    while (at < lines.length) {
      const end = lines.indexOf(NEWLINE, at) + 1 || lines.length;
      const stop = stampEnd(lines, at);
      const order = stop < 0 ? undefined : compareStamps(lines, at, stop, this.#stamp, 0, this.#stamp.length);
      if (order === 0 && ++this.#count === this.#same) {
        this.passing = true;
        this.#held = [];
        return lines.subarray(end);
      }
      if (order === undefined ? this.#held.length > 0 : order > 0) {
        if (
          (stop >= 0 && this.#tooLate(lines, at, stop)) ||
          this.#heldBytes > holdLimit ||
          (this.#near && !this.#any)
        ) {
          this.passing = this.gap = true;
          return Buffer.concat([...this.#held.splice(0), lines.subarray(at)]);
        }
        this.#held.push(Buffer.from(lines.subarray(at, end)));
        this.#heldBytes += end - at;
      }
      this.#any ||= stop >= 0;
      at = end;
    }
    return lines.subarray(lines.length);
  }

  /** The answer has ended: what was held is new, if the last seen line did not come. */
  end(): Buffer {
    if (this.passing || !this.#held.length) return Buffer.alloc(0);
    this.passing = this.gap = true;
    return Buffer.concat(this.#held.splice(0));
  }

  #tooLate(lines: Buffer, start: number, stop: number): boolean {
    const [seconds, nanos] = parseStamp(lines.toString('latin1', start, stop));
    return seconds - this.#limit[0] > 0 || (seconds === this.#limit[0] && nanos > this.#limit[1]);
  }
}
