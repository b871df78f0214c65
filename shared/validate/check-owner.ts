import { ownerBinding } from '../projects/marks.ts';
import { bindingPlace, edit, finding, removal } from './build.ts';
import { type Facts, ownerOf, profileLabel, roleNames } from './facts.ts';
import { at, type Finding, type Where } from './finding.ts';
import { subjectsText } from './subjects.ts';

/** Who owns the project, by its Profile and namespace, against who is bound as its owner. */
export function checkOwner(facts: Facts): Finding[] {
  const { project, namespace, profile, snapshot, saw } = facts;
  const owner = ownerOf(facts);
  const place: Where = { apiVersion: 'v1', kind: 'Namespace', name: project };
  const found: Finding[] = [];
  const said = namespace?.metadata.annotations?.owner;
  if (profile && said !== undefined && said !== owner) {
    const reason = `its Profile says that ${owner} owns it, the namespace says ${said || 'nobody'}: the profile controller refuses it`;
    found.push(
      finding('KF310', place, reason, `an admin can: kubectl annotate namespace ${project} --overwrite owner=${owner}`),
    );
  }
  if (profile === null && profileLabel(namespace)) {
    const reason =
      'it is labelled as a project of Kubeflow and has no Profile: whoever makes one of its name may take it over';
    found.push(finding('KF323', place, reason, `kubectl kf create ${project} --owner ${owner || '…'}`));
  }
  if (!namespace && !profile) return found;
  if (owner === '') {
    found.push(
      finding(
        'KF324',
        place,
        'neither a Profile nor an annotation says who owns it',
        `kubectl kf create ${project} --owner …`,
      ),
    );
    return found;
  }
  if (!saw.bindings) return found;
  const binding = snapshot.bindings(project).find(({ name }) => name === ownerBinding);
  const again = `make it anew: kubectl kf create ${project}`;
  if (!binding) {
    const reason = `there is no RoleBinding ${ownerBinding}: ${owner}, who owns it, has no rights by it`;
    found.push(finding('KF306', profile ? at(profile) : place, reason, again));
    return found;
  }
  const bound = bindingPlace(binding);
  const others = binding.subjects.filter(({ name }) => name !== owner);
  if (!binding.subjects.some(({ name }) => name === owner)) {
    const reason = `${owner} owns the project, the owner's binding is for ${subjectsText(others) || 'nobody'}`;
    found.push(finding('KF307', bound, reason, `${removal(binding)}, then kubectl kf create ${project}`));
  } else if (others.length > 0) {
    const reason = `beside the owner it binds ${subjectsText(others)}`;
    found.push(finding('KF309', bound, reason, edit(binding, 'take them out')));
  }
  if (!roleNames('admin').includes(binding.role.name)) {
    const reason = `it gives ${binding.role.kind} ${binding.role.name} in place of admin`;
    found.push(finding('KF308', bound, reason, `${removal(binding)}, then kubectl kf create ${project}`));
  }
  return found;
}
