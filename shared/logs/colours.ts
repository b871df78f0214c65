/** SGR foregrounds that read well on dark and light. */
const few = ['36', '33', '32', '35', '34', '31'];
const many = [...few, '96', '93', '92', '95', '94', '91'];

/** A job's nodes by their numbers: neighbours differ. */
export const byNumber = (name: string): string => few[Number(/(\d+)\D*$/.exec(name)?.[1] ?? 5) % few.length]!;

/** The same name has the same colour each time (FNV-1a). */
export function byName(name: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return many[(hash >>> 0) % many.length]!;
}
