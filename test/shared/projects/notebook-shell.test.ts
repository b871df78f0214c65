import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asShell } from '../../../shared/projects/notebook-shell.ts';

const test = suite('notebooks that start with a shell');

const notebook = (apiVersion: string, kind: string) => ({
  ...{ apiVersion, kind, metadata: { name: 'n' } },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'n', image: 'i', args: ['--port'], livenessProbe: {}, readinessProbe: {}, env: [] },
          { name: 'side', image: 's', args: ['x'] },
        ],
        volumes: [],
      },
    },
  },
});

test("the first container sleeps in place of its server, and isn't probed; all else stays", () => {
  const { containers, volumes } = (asShell(notebook('kubeflow.org/v1', 'Notebook')) as ReturnType<typeof notebook>).spec
    .template.spec;
  const [first, side] = containers as unknown as Record<string, unknown>[];
  assert.equal(Object.keys(first!).sort(), ['command', 'env', 'image', 'name']);
  assert.equal((first!.command as string[]).slice(0, 2), ['/bin/sh', '-c']);
  assert.equal([side, volumes], [{ name: 'side', image: 's', args: ['x'] }, []]);
});

test('nothing else is changed', () => {
  for (const each of [notebook('apps/v1', 'Deployment'), notebook('other.org/v1', 'Notebook')])
    assert.is(asShell(each), each);
  const empty = { apiVersion: 'kubeflow.org/v1', kind: 'Notebook', metadata: { name: 'n' } };
  assert.is(asShell(empty), empty);
});

test.run();
