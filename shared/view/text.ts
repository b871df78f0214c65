/** C0 and C1 controls, DEL, bidirectional overrides and other invisible formatting that can rewrite a terminal's line. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text from the cluster made safe for a terminal: escape sequences are removed whole, other control characters show as
 * U+FFFD; tabs and line breaks stay.
 */
export function safe(text: string): string {
  if (!/[\u0000-\u0008\u000b-\u001f\u007f-\uffff]/.test(text)) return text;
  return text
    .replace(/\r\n/g, '\n')
    .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g, '')
    .replace(/(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g, '')
    .replace(/\u001b[PX^_][^\u001b]*\u001b\\/g, '')
    .replace(/\u001b[ -/]*[0-~]/g, '')
    .replace(controls, '\ufffd');
}

/** As {@link safe}, on one line: white space is folded. */
export const oneLine = (text: string): string => safe(text).replace(/\s+/g, ' ').trim();

/** Cut to the width, in characters, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
