// timeout: 600
/** shell and exec -it in a real terminal on the real cluster, and what becomes of the terminal whatever happens. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf } from '../support/suite.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { execNamespace } from './exec-pods.ts';
import { tcpProxy } from './follow-jobs.ts';
import * as cluster from './index.ts';

const missing = cluster.skipReason();
const real = testUnless(missing);
const interactive = testUnless(missing ?? noTerminal());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (missing) return;
  const made = await execNamespace('shell');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const prompt = /[#$] (\x1b\[6?[nJ])?$/;
const typing = (args: string[], options = {}) => inTerminal('kubectl', ['kf', ...args], options);

interactive('a shell: size and its changes, Ctrl-C to the remote, UTF-8, exit code, terminal as before', async () => {
  const terminal = await typing(['shell', 'box', '-n', ns], { columns: 90, rows: 20 });
  await terminal.saw(prompt);
  terminal.type('stty size; echo $TERM\r');
  await terminal.saw(/20 90\r\nxterm-256color\r\n/);
  await terminal.saw(prompt);
  terminal.resize(132, 40);
  // It takes its way through the API server.
  terminal.type('until [ "$(stty size)" = "40 132" ]; do sleep 0.1; done; echo it is\r');
  await terminal.saw(/\r\nit is\r\n/);
  await terminal.saw(prompt);
  terminal.type("sh -c 'echo sleeps; exec sleep 1000'; echo after $?\r");
  await terminal.saw(/\r\nsleeps\r\n/);
  terminal.type('\x03');
  await terminal.saw(prompt);
  terminal.type('echo gr\u00fc\u00dfe \u20ac | od -An -tx1; printf "a\\nb"; exit 42\r');
  const ended = await terminal.ended;
  assert.equal([ended.code, ended.restored], [42, true], ended.seen);
  assert.match(ended.seen, / 67 72 c3 bc c3 9f 65 20 e2 82 ac/);
  assert.match(ended.seen, /\r\na\r\nb/, 'the line ends are those of the remote terminal, once');
});

interactive('the best shell: bash where there is one', async () => {
  const script = "printf '#!/bin/sh\\necho this is bash; exec sh\\n' > /bin/bash; chmod +x /bin/bash";
  assert.is((await kf(['run', 'trio', '-n', ns, '--', 'sh', '-c', script])).code, 0);
  const terminal = await typing(['shell', 'trio', '-n', ns]);
  await terminal.saw(prompt);
  terminal.type('exit\r');
  const { code, seen, restored } = await terminal.ended;
  assert.equal([code, restored], [0, true]);
  assert.match(seen, /^in trio-0 \(pod trio-0\), of 3 pods\r\nthis is bash\r\n/);
});

interactive('a paste of 300,000 bytes arrives whole', async () => {
  const paste = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 33 + ((i * 31) % 90)));
  const script = `stty raw -echo; echo ready; head -c ${paste.length} | sha256sum; stty sane`;
  const terminal = await typing(['exec', '-it', 'box', '-n', ns, '--', 'sh', '-c', script]);
  await terminal.saw('ready');
  terminal.type(paste);
  await terminal.saw(createHash('sha256').update(paste).digest('hex'));
  const { code, restored } = await terminal.ended;
  assert.equal([code, restored], [0, true]);
});

interactive('a full-screen program: bytes that are no text come as they are, a bare line feed too', async () => {
  const script = 'stty raw -echo; printf "\\033[2J\\033[H<\\nlf\\377>"; sleep 0.3';
  const terminal = await typing(['exec', '-it', 'box', '-n', ns, '--', 'sh', '-c', script]);
  const { seen, restored } = await terminal.ended;
  assert.ok(restored);
  assert.ok(seen.includes('\x1b[2J\x1b[H<\nlf\ufffd>'), JSON.stringify(seen));
});

interactive('SIGTERM, SIGHUP and SIGQUIT end it with the terminal as before', async () => {
  for (const [signal, code] of [
    ['SIGTERM', 130],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const) {
    const terminal = await typing(['shell', 'box', '-n', ns]);
    await terminal.saw(prompt);
    terminal.signal(signal);
    const ended = await terminal.ended;
    assert.equal([signal, ended.code, ended.restored], [signal, code, true], ended.seen);
  }
});

interactive('a connection that is lost half way: exit 5, why, and the terminal as before', async () => {
  const proxy = await tcpProxy();
  try {
    const terminal = await typing(['exec', '-it', 'box', '-n', ns, '--', 'sh'], { kubeconfig: proxy.kubeconfig });
    await terminal.saw(prompt);
    proxy.cut();
    const { code, restored, seen } = await terminal.ended;
    assert.equal([code, restored], [5, true], seen);
    assert.match(seen, /the connection to pod box was lost: .*\r\nsh may go on there, or not;/);
  } finally {
    proxy.close();
  }
});

interactive('an image without a shell: a debug container beside it, with the exit code of its shell', async () => {
  const env = { KF_DEBUG_IMAGE: 'local.test/busybox:1' };
  const terminal = await typing(['shell', 'box', 'bare', '-n', ns], { env });
  await terminal.saw(/bare has no shell: debug container kf-debug-\w+ \(local\.test\/busybox:1\) in pod box/);
  await terminal.saw(prompt);
  terminal.type('ls /proc/1/root; exit 9\r');
  const { code, restored, seen } = await terminal.ended;
  assert.equal([code, restored], [9, true], seen);
  assert.match(seen, /\bpause\b/, 'the files of the other container');
});

real(
  'a debug container without a terminal; an image that can\u2019t be pulled; one that has no shell either',
  async () => {
    const words = ['shell', 'box', 'bare', '-n', ns, '--image'];
    const piped = await kf([...words, 'local.test/busybox:1'], { stdin: 'echo from $0; exit 3\n' });
    assert.equal([piped.code, piped.stdout], [3, 'from ash\n'], piped.stderr);
    const unknown = await kf([...words, 'localhost:1/nix:1']);
    assert.is(unknown.code, 1);
    const [, error, hint] = unknown.stderr.split('\n');
    assert.match(error!, /^no debug container: image localhost:1\/nix:1 can't be pulled/);
    assert.is(hint, 'another image: --image IMAGE, or KF_DEBUG_IMAGE for good');
    const bare = await kf([...words, 'local.test/pause:1']);
    assert.is(bare.code, 1);
    assert.match(
      bare.stderr.replace(/^waiting.*\n/m, ''),
      /the debug container of local\.test\/pause:1 did not start: it has no shell\n/,
    );
  },
);

real('commands from a pipe go to a shell without a terminal', async () => {
  const ran = await kf(['shell', 'box', '-n', ns], { stdin: 'echo $0; tty; exit 6\n' });
  assert.equal([ran.code, ran.stdout], [6, 'ash\nnot a tty\n'], ran.stderr);
});

test.run();
