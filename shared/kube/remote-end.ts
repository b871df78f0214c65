import { oneLine } from '../view/text.ts';

/** How a program in a container ended, or why it did not start. */
export interface RemoteEnd {
  /** The program's own; 127 where it is not there and 126 where it can't be run, as a shell has it; 1 for what else failed. */
  code: number;
  /** What the node says where the program did not run to its end. */
  failure?: { kind: 'not-found' | 'not-executable' | 'other'; message: string };
}

interface Status {
  status?: string;
  reason?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** Reads the error channel's meta/v1 Status (apimachinery remotecommand, NonZeroExitCodeReason). */
export function ending(text: string): RemoteEnd {
  const status = parse(text);
  if (status.status === 'Success') return { code: 0 };
  if (status.reason === 'NonZeroExitCode') {
    const cause = (status.details?.causes ?? []).find(({ reason }) => reason === 'ExitCode');
    const code = Number(cause?.message);
    // containerd 2 starts a program that is not there, and ends it so.
    return { code: Number.isInteger(code) && code > 0 && code < 256 ? code : 1 };
  }
  return failed(oneLine(status.message ?? text).slice(0, 2000));
}

function parse(text: string): Status {
  try {
    const value = JSON.parse(text) as Status | null;
    return typeof value === 'object' && value !== null ? value : { message: text };
  } catch {
    return { message: text };
  }
}

/** The chain of runtimes that pass an error on, and of them what the last one says. */
function failed(message: string): RemoteEnd {
  const inner = message.replace(/^(Internal error occurred: )+/, '').replace(/: unknown$/, '');
  if (
    /executable file (`[^`]*` )?not found|(exec|stat) [^:]*: no such file or directory|exec: "[^"]*": stat /.test(inner)
  )
    return { code: 127, failure: { kind: 'not-found', message: inner } };
  if (/permission denied|exec format error|is a directory/.test(inner))
    return { code: 126, failure: { kind: 'not-executable', message: inner } };
  return { code: 1, failure: { kind: 'other', message: inner } };
}
