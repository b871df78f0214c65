import { pythonText } from './python-text.ts';

/** Put in by the build (scripts/build): the text of {@link podText}. */
declare const KF_POD: string | undefined;

/** What runs one call in a pod; what it takes and gives is said at the top of in-cluster.py. */
export async function podText(): Promise<string> {
  if (typeof KF_POD === 'string') return KF_POD;
  return pythonText('in-cluster', ['files', 'follow']);
}

/** Reads the program that is to run from stdin: nothing that lies in the pod is run, and no value is in anyone's list of processes. */
const boot = `import os
def read(n):
 got = b''
 while n:
  piece = os.read(0, min(n, 65536))
  if not piece: os._exit(1)
  got += piece
  n -= len(piece)
 return got
exec(compile(read(int(read(10))), '<kf>', 'exec'))
`;

/** What is started by exec. */
export const bootWords = ['python3', '-I', '-S', '-B', '-X', 'utf8', '-c', boot];

/**
 * The pod's own program: waits for runs, which come by exec, and ends where none has come for the first so many seconds, or none runs
 * any more since the second so many. Whatever becomes of the client, the pod ends.
 */
const supervisor = `import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
first, idle = float(sys.argv[1]), float(sys.argv[2])
until = time.monotonic() + first
while time.monotonic() < until:
 time.sleep(0.2)
 try:
  while os.waitpid(-1, os.WNOHANG)[0]: pass
 except ChildProcessError: pass
 if any(name.isdigit() and int(name) != os.getpid() for name in os.listdir('/proc')): until = time.monotonic() + idle
`;

/** Of a container that waits for runs. The kubelet expands $(NAME) in these words; there is none, and what a person typed is not among them. */
export const supervisorWords = (first: number, idle: number): string[] => [
  ...['python3', '-I', '-S', '-c', supervisor],
  String(first),
  String(idle),
];
