import type { Mine } from './my-role.ts';

/** A project in a list, with the context that leads to it. */
export interface Row extends Mine {
  context: string;
  /** The one that commands act on. */
  current: boolean;
}

export const roleText = ({ role, by }: Pick<Mine, 'role' | 'by'>): string => {
  if (by === 'cluster') return `${role} (of the whole cluster)`;
  return by === 'rights' && role !== 'owner' ? `${role} (by what you may do)` : role;
};

export const noteText = ({ current, deleting }: Pick<Row, 'current' | 'deleting'>): string =>
  [current && 'current', deleting && 'being deleted'].filter(Boolean).join(', ');
