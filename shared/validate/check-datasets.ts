import type { KubeObject } from '../kube/kube.ts';
import { finding } from './build.ts';
import type { Facts } from './facts.ts';
import { at, type Finding } from './finding.ts';
import type { Volume } from './volumes.ts';

/** Datasets that this project has a part in: its claims are bound to them, or they name it. */
export function checkDatasets(facts: Facts): Finding[] {
  const { project, volumes = [], claims = [] } = facts;
  const ours = volumes.filter(({ claim, allowed }) => claim?.namespace === project || allowed?.includes(project));
  return [
    ...ours.flatMap((volume) => volumeFindings(volume, facts)),
    ...copies(ours, volumes),
    ...waiting(claims, volumes, project),
  ];
}

const listText = (allowed: readonly string[]) => allowed.join(', ') || 'nobody';

function volumeFindings(
  { object, allowed, claim, reclaim, hostPath }: Volume,
  { namespaces, project }: Facts,
): Finding[] {
  const place = at(object);
  const { name, uid } = object.metadata;
  const found: Finding[] = [];
  if (hostPath !== undefined && claim?.namespace === project) {
    const reason = `claim ${claim.name} is bound to ${hostPath} of the node: it reads, and may change, what is not the project's`;
    found.push(
      finding('KF602', place, reason, 'an admin can provide the data as a dataset: kubectl kf provisiondatasets'),
    );
  }
  if (!allowed) return found;
  if (claim && !allowed.includes(claim.namespace)) {
    const reason = `it is for ${listText(allowed)}, and bound from ${claim.namespace} (claim ${claim.name})`;
    const remedy = `delete the claim: kubectl delete pvc ${claim.name} -n ${claim.namespace}; its pods end first`;
    found.push(finding('KF601', place, reason, remedy));
  }
  const vague = allowed.filter((each) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(each));
  if (vague.length > 0) {
    const reason = `its list has ${vague.map((each) => JSON.stringify(each)).join(', ')}, which is no project's name`;
    found.push(finding('KF603', place, reason, `kubectl kf provisiondatasets share or unshare sets the list`));
  }
  const gone = namespaces ? allowed.filter((each) => !vague.includes(each) && !namespaces.has(each)) : [];
  if (gone.length > 0) {
    const reason = `it is for ${gone.join(', ')} too, which is not there: whoever makes a namespace of that name gets the data`;
    found.push(finding('KF604', place, reason, `kubectl kf provisiondatasets unshare takes it out`));
  }
  if (reclaim === 'Delete') {
    const reason = 'its reclaim policy is Delete: whoever deletes their claim deletes the data of all';
    const path = `/api/v1/persistentvolumes/${encodeURIComponent(name)}`;
    const body = [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'replace', path: '/spec/persistentVolumeReclaimPolicy', value: 'Retain' },
    ];
    const words = `keep the data of ${name} when its claim goes (reclaim policy Retain)`;
    const command = `kubectl patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
    found.push(finding('KF605', place, reason, command, { words, patch: { path, body } }));
  }
  return found;
}

/** Other volumes over the same storage, that let in others. */
function copies(ours: readonly Volume[], all: readonly Volume[]): Finding[] {
  const lists = new Map<string, Volume>();
  for (const volume of ours) if (volume.allowed && volume.storage) lists.set(volume.storage, volume);
  return all.flatMap(({ object, allowed, storage }) => {
    const dataset = lists.get(storage);
    if (!dataset || dataset.object.metadata.name === object.metadata.name) return [];
    const others = allowed?.filter((each) => !dataset.allowed!.includes(each));
    if (others?.length === 0) return [];
    const who = others ? others.join(', ') : 'any project, as it has no list';
    const reason = `it is over the storage of dataset ${dataset.object.metadata.name} (for ${listText(dataset.allowed!)}) and lets in ${who}`;
    return [
      finding(
        'KF606',
        at(object),
        reason,
        `an admin can: kubectl delete pv ${object.metadata.name} (the data stays where its reclaim policy is Retain)`,
      ),
    ];
  });
}

interface Claim extends KubeObject {
  spec: { volumeName?: string };
  status?: { phase?: string };
}

function waiting(claims: readonly KubeObject[], volumes: readonly Volume[], project: string): Finding[] {
  return (claims as Claim[]).flatMap((claim) => {
    const { volumeName } = claim.spec;
    const volume = volumes.find(({ object }) => object.metadata.name === volumeName);
    if (claim.status?.phase === 'Bound' || !volume?.allowed || volume.allowed.includes(project)) return [];
    const reason = `it waits for dataset ${volumeName}, which is for ${listText(volume.allowed)} only`;
    return [
      finding('KF607', at(claim), reason, `ask who owns the dataset to share it with ${project}, or delete the claim`),
    ];
  });
}
