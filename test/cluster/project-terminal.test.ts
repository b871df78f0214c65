/** kubectl kf use and delete on a real terminal: a choice among projects, and a name to be typed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { kubectl, ownOnly, teardown } from './index.ts';
import { admin, exists, type Human } from './project-people.ts';

const skip = ownOnly() ?? noTerminal();
const real = testUnless(skip);
const names = ['a', 'b'].map((each) => `kfpt-${Date.now().toString(36)}-${each}`);
let root: Human;

test.before(async () => {
  if (skip) return;
  root = await admin();
  for (const name of names) {
    const made = await root.kf(['create', name, '--owner', 'ann', '--no-use']);
    assert.is(made.code, 0, made.stderr);
  }
});
test.after(async () => {
  if (skip) return;
  await kubectl(['delete', 'namespace', ...names, '--ignore-not-found', '--wait=false']);
  await teardown();
});

const terminal = (...words: string[]) => inTerminal('kubectl', ['kf', ...words], { kubeconfig: root.kubeconfig });

real('use alone shows the projects with numbers, and takes a number, a name, or nothing', async () => {
  const number = async (name: string) => {
    const one = await terminal('use');
    await one.saw('number or name (Enter: stay):');
    const found = new RegExp(`^ *\\*? *(\\d+) +${name} +admin \\(of the whole cluster\\)\\r$`, 'm').exec(one.seen());
    one.type('\r');
    const { code, restored } = await one.ended;
    assert.equal([code, restored], [0, true]);
    assert.ok(found, one.seen());
    return found[1]!;
  };
  const before = await root.project();
  const at = await number(names[1]!);
  assert.is(await root.project(), before);
  const two = await terminal('use');
  await two.saw('(Enter: stay):');
  two.type(`${at}\r`);
  const { code, seen } = await two.ended;
  assert.is(code, 0, seen);
  assert.is(await root.project(), names[1]);
  const three = await terminal('use');
  await three.saw(`in ${names[1]}; number`);
  three.type('99999\r');
  const wrong = await three.ended;
  assert.is(wrong.code, 2);
  assert.match(wrong.seen, 'there is no project 99999 in the list');
  const four = await terminal('use');
  await four.saw('(Enter: stay):');
  four.type('\u0003');
  assert.is((await four.ended).code, 130);
  assert.is(await root.project(), names[1]);
});

real('delete wants the name typed', async () => {
  const no = await terminal('delete', names[0]!);
  await no.saw(`type ${names[0]} to delete it:`);
  no.type('y\r');
  const refused = await no.ended;
  assert.equal([refused.code, await exists('ns', names[0]!)], [1, true]);
  assert.match(refused.seen, 'nothing was deleted');
  const yes = await terminal('delete', names[0]!);
  await yes.saw('to delete it:');
  yes.type(`${names[0]}\r`);
  const done = await yes.ended;
  assert.equal([done.code, await exists('ns', names[0]!)], [0, false], done.seen);
});

test.run();
