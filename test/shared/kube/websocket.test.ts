import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader, frame, Opcode } from '../../../shared/kube/websocket.ts';
import { clientFrames, serverFrame } from '../../support/channel-server.ts';

test('a frame is masked, whole, and says its length in the fewest bytes', () => {
  const sizes = fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65534, 65535, 65536, 200_001));
  fc.assert(
    fc.property(sizes, fc.option(fc.integer({ min: 0, max: 255 })), fc.nat(), (size, first, seed) => {
      const data = Buffer.alloc(size, (seed % 251) + 1);
      for (let i = 0; i < size; i += 7) data[i] = i & 0xff;
      const before = Buffer.from(data);
      const bytes = frame(Opcode.binary, data, first ?? undefined);
      const { frames, rest } = clientFrames(bytes);
      const payload = first === null ? before : Buffer.concat([Buffer.of(first), before]);
      const head = payload.length < 126 ? 6 : payload.length < 65536 ? 8 : 14;
      assert.equal([bytes.length, rest.length, frames.length], [head + payload.length, 0, 1]);
      assert.ok(frames[0]!.payload.equals(payload));
      assert.ok(data.equals(before), 'what is sent is not changed');
    }),
    { numRuns: 300 },
  );
});

test('masking keys differ from frame to frame', () => {
  const keys = Array.from({ length: 2000 }, () => frame(Opcode.ping, Buffer.alloc(0)).toString('hex', 2, 6));
  assert.ok(new Set(keys).size > 1990);
});

/** What a reader says of bytes that come in pieces of these lengths. */
function read(bytes: Buffer, cuts: number[]): { messages: Buffer[]; control: string[] } {
  const messages: Buffer[] = [];
  const control: string[] = [];
  const reader = new FrameReader({
    data(piece, first) {
      if (first) messages.push(Buffer.from(piece));
      else messages.push(Buffer.concat([messages.pop()!, piece]));
    },
    ping: (payload) => control.push(`ping ${payload}`),
    pong: () => control.push('pong'),
    close: (code, reason) => control.push(`close ${code} ${reason}`),
  });
  let at = 0;
  for (const cut of cuts) {
    reader.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  reader.push(bytes.subarray(at));
  return { messages, control };
}

test('frames come apart wherever the bytes are cut, fragments and control frames in between', () => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(message, fc.nat(400), fc.boolean()), { maxLength: 8 }),
      fc.array(fc.nat(40)),
      (all, cuts) => {
        const sent = all.flatMap(([bytes, at, ping]) => {
          const [left, right] = [bytes.subarray(0, at), bytes.subarray(at)];
          const between = ping ? [serverFrame(Buffer.from('x'), 9)] : [];
          return at < bytes.length
            ? [serverFrame(left, 2, false), ...between, serverFrame(right, 0)]
            : [serverFrame(bytes), ...between];
        });
        const got = read(Buffer.concat(sent), cuts);
        assert.equal(
          got.messages.map((each) => each.toString('hex')),
          all.map(([bytes]) => Buffer.from(bytes).toString('hex')),
        );
        assert.is(got.control.length, all.filter(([, , ping]) => ping).length);
      },
    ),
  );
});

test('long frames, pongs, and the ways to close', () => {
  const long = Buffer.alloc(70_000, 5);
  const bytes = Buffer.concat([
    serverFrame(long),
    serverFrame(Buffer.alloc(0), 10),
    serverFrame(Buffer.concat([Buffer.of(3, 232), Buffer.from('bye')]), 8),
    serverFrame(Buffer.alloc(0), 8),
  ]);
  const { messages, control } = read(bytes, [1, 2, 3, 30_000]);
  assert.ok(messages.length === 1 && messages[0]!.equals(long));
  assert.equal(control, ['pong', 'close 1000 bye', 'close 1005 ']);
});

test('what no server may send is refused', () => {
  const refused = (bytes: Buffer) => assert.throws(() => read(bytes, []), /frame|message/);
  refused(frame(Opcode.binary, Buffer.from('masked')));
  refused(Buffer.of(0xc2, 1, 1)); // compressed
  refused(Buffer.of(0x83, 0)); // no such opcode
  refused(Buffer.of(0x09, 0)); // a ping in fragments
  refused(Buffer.concat([Buffer.of(0x89, 126, 0, 200), Buffer.alloc(200)]));
  refused(serverFrame(Buffer.from('x'), 0)); // goes on with nothing
  refused(Buffer.concat([serverFrame(Buffer.from('x'), 2, false), serverFrame(Buffer.from('y'))]));
  refused(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
});

test.run();
