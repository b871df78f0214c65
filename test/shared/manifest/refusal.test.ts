/** The words are those that a Kubernetes 1.36 API server and Trainer 2.3's webhook sent. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiStatus } from '../../../shared/cli/errors.ts';
import { manifestsIn } from '../../../shared/manifest/manifest.ts';
import { refusalProblems } from '../../../shared/manifest/refusal.ts';
import { Schema } from '../../../shared/manifest/schema.ts';
import { placeName } from '../../../shared/manifest/source.ts';

const text = `apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata:
  name: x
spec:
  trainr: {}
  runtimeRef:
    name: nope
  trainer:
    numNodes: two
    env:
    - name: A
      value: 1
  numNodes: 3
`;
const ref = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
const openApi = {
  components: {
    schemas: {
      job: {
        'x-kubernetes-group-version-kind': [{ group: 'trainer.kubeflow.org', version: 'v1alpha1', kind: 'TrainJob' }],
        properties: { spec: ref('spec') },
      },
      spec: { properties: { trainer: ref('trainer'), runtimeRef: { properties: { name: {} } } } },
      trainer: { properties: { numNodes: {}, env: { type: 'array', items: { properties: { name: {}, value: {} } } } } },
    },
  },
};

async function told(status: Partial<ApiStatus>, from = text): Promise<string[]> {
  const { manifests, problems } = manifestsIn([{ name: 'j.yaml', text: from }]);
  assert.equal(problems, []);
  const schema = async () => new Schema(openApi, 'trainer.kubeflow.org', 'v1alpha1', 'TrainJob');
  const all = await refusalProblems({ code: 400, ...status }, manifests[0]!, schema);
  return all.map(({ place, message }) => `${place ? placeName(place) : '-'} ${message}`);
}

test('strict decoding', async () => {
  const message =
    'TrainJob in version "v1alpha1" cannot be handled as a TrainJob: strict decoding error: unknown field "spec.numNodes", unknown field "spec.trainr"';
  assert.equal(await told({ message }), [
    'j.yaml:14:3 unknown field spec.numNodes; did you mean trainer.numNodes?',
    'j.yaml:6:3 unknown field spec.trainr; did you mean trainer?',
  ]);
});

test("server-side apply's typed values", async () => {
  const message =
    'failed to create typed patch object (ns/x; trainer.kubeflow.org/v1alpha1, Kind=TrainJob): errors:\n  .spec.trainr: field not declared in schema\n  .spec.trainer.env[name="A"].value: expected string, got &value.valueUnstructured{Value:1}';
  const [first, second = ''] = await told({ code: 500, message });
  assert.is(first, 'j.yaml:6:3 unknown field spec.trainr; did you mean trainer?');
  assert.match(second, /^j\.yaml:13:14 spec\.trainer\.env\[0\]\.value: expected string/);
});

test('validation with causes', async () => {
  const causes = [
    {
      reason: 'FieldValueInvalid',
      field: 'spec.trainer.numNodes',
      message: 'Invalid value: "string": spec.trainer.numNodes in body must be of type integer: "string"',
    },
  ];
  assert.equal(await told({ code: 422, message: 'is invalid', details: { causes } }), [
    'j.yaml:10:15 spec.trainer.numNodes must be of type integer: "string"',
  ]);
});

test("Go's decoder", async () => {
  const message =
    'TrainJob in version "v1alpha1" cannot be handled as a TrainJob: json: cannot unmarshal string into Go struct field TrainJob.spec.trainer.numNodes of type int32';
  assert.equal(await told({ message }), ['j.yaml:10:15 spec.trainer.numNodes must be a whole number, not string']);
});

test('webhooks, with fields and without', async () => {
  const denied = 'admission webhook "validator.trainjob.trainer.kubeflow.org" denied the request: ';
  const fields =
    '[spec.trainer.env: Invalid value: [{"name":"PET_NNODES","value":"1"}]: must not have reserved envs, spec.runtimeRef: Invalid value: {"name":"x"}: must have it]';
  assert.equal(await told({ code: 403, message: denied + fields }), [
    'j.yaml:12:5 spec.trainer.env must not have reserved envs',
    'j.yaml:8:5 spec.runtimeRef must have it',
  ]);
  assert.equal(await told({ code: 403, message: `${denied}not on a Sunday` }), ['- not on a Sunday']);
});

test('what is not in the file is shown at what holds it', async () => {
  const causes = [
    { field: 'spec.trainer.image', message: 'Required value' },
    {
      field: '<nil>',
      message: 'Invalid value: null: some validation rules were not checked because the object was invalid; correct',
    },
  ];
  assert.equal(await told({ code: 422, details: { causes } }), ['j.yaml:9:3 spec.trainer.image is required']);
});

test('objects in a List have their places too', async () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: trainer.kubeflow.org/v1alpha1\n  kind: TrainJob\n  spec:\n    trainr: 1\n';
  assert.equal(await told({ message: 'unknown field "spec.trainr"' }, list), [
    'j.yaml:7:5 unknown field spec.trainr; did you mean trainer?',
  ]);
});

test.run();
