/** Starts a program without a terminal, a parent or anything to write to: it can't ask, and nobody waits for it. */
export function startBehind(file: string, args: string[]): void {
  // Loaded only here: most words need no process behind.
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    const child = spawn(file, args, { detached: true, stdio: 'ignore', windowsHide: true });
    child.on('error', () => {});
    child.unref();
  } catch {
    // A machine without room for a process more: what is known will do.
  }
}
