import type { Kube } from '../kube/kube.ts';
import type { Component, ComponentKind } from './component.ts';

export async function findPackage(
  _kube: Kube,
  _kinds: readonly ComponentKind[],
  _name: string,
): Promise<Component | undefined> {
  return undefined;
}
export async function packageNames(_kube: Kube, _kinds: readonly ComponentKind[]): Promise<string[]> {
  return [];
}
