import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameFromId, readWish, readWords, type Typed } from '../../../shared/datasets/wish.ts';

const fails = (body: () => unknown, message: RegExp) =>
  assert.throws(body, (error: Error) => message.test(error.message) && (error as Error & { exit: number }).exit === 2);

test("the proposal's words", () => {
  const words = ['ID', 'vol-1', 'mode', 'RWO', 'instances', '2', 'namespaces', 'a,b', 'typeparams', 'fsType=ext4'];
  const wish = readWish(readWords(words, { type: 'AmazonEBS' }), 'here');
  assert.equal(
    [wish.type.name, wish.name, wish.mode, wish.instances, wish.namespaces, wish.made.source.csi?.fsType, wish.size],
    ['AmazonEBS', 'vol-1', 'RWO', 2, ['a', 'b'], 'ext4', '1Gi'],
  );
  const spread = readWords(['namespaces', 'a', 'b,c', 'type', 'NFS', 'id', 'nas:/x'], {});
  assert.equal(spread, { namespaces: 'a,b,c', type: 'NFS', id: 'nas:/x' });
  assert.equal(readWish(spread, 'here').namespaces, ['a', 'b', 'c']);
  assert.equal(readWish({ type: 'NFS', id: 'nas:/x' }, 'here').namespaces, ['here']);
});

test('any words, in any order, some of them as options, mean the same', () => {
  const value = fc.stringMatching(/^[a-z0-9=/:.-]{1,8}x$/);
  const all = fc.record({ type: value, id: value, mode: value, instances: value, namespaces: value, name: value });
  fc.assert(
    fc.property(
      all,
      fc.shuffledSubarray(['type', 'id', 'mode', 'instances', 'namespaces', 'name'] as const),
      (typed, asWords) => {
        const options: Typed = { ...typed };
        for (const key of asWords) delete options[key];
        const words = asWords.flatMap((key) => [key.toUpperCase(), typed[key]]);
        assert.equal(readWords(words, options), { ...typed });
      },
    ),
  );
});

test('what is wrong is named', () => {
  fails(() => readWords(['vol-1'], {}), /"vol-1" belongs to nothing/);
  fails(() => readWords(['ID'], {}), /ID has no value/);
  fails(() => readWords(['ID', 'a'], { id: 'b' }), /id is there twice: "b" and "a"/);
  const nfs = { type: 'NFS', id: 'nas:/x' };
  fails(() => readWish({}, 'a'), /of which type/);
  fails(() => readWish({ type: 'NFS' }, 'a'), /which NFS is it/);
  fails(() => readWish({ ...nfs, instances: '0' }, 'a'), /from 1 to 200, not "0"/);
  fails(() => readWish({ ...nfs, instances: '1e2' }, 'a'), /not "1e2"/);
  fails(() => readWish({ ...nfs, namespaces: 'a,B' }, 'a'), /"B" is no project's name/);
  fails(() => readWish({ ...nfs, namespaces: ',' }, 'a'), /is for projects/);
  fails(() => readWish({ ...nfs, size: '10GB' }, 'a'), /"10GB" is no size/);
  fails(() => readWish({ ...nfs, name: 'Data' }, 'a'), /"Data" is no name/);
  fails(() => readWish({ ...nfs, typeparams: 'hard' }, 'a'), /"hard" is no parameter/);
});

test('a name is made of any ID, or one is asked for', () => {
  assert.is(nameFromId('projects/p/zones/z/disks/Image_Net'), 'image-net');
  assert.is(nameFromId('nas:/exports/set.1/'), 'set-1');
  fc.assert(
    fc.property(fc.string(), (id) => {
      let name: string;
      try {
        name = nameFromId(id);
      } catch (error) {
        assert.match((error as Error).message, /makes no name/);
        return;
      }
      assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    }),
  );
});

test.run();
