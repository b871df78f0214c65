const newline = 10;

/** The values of a stream of JSON documents, one a line. A line that was cut off by the end is dropped: it never came whole. */
export async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, at);
      const line = rest.length > 0 ? Buffer.concat([...rest, piece]) : piece;
      rest = [];
      from = at + 1;
      const text = line.toString('utf8').trim();
      if (text !== '') yield JSON.parse(text);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
}
