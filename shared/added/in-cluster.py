"""One call in a pod. It comes with the call over stdin, as all that it runs does: nothing that the pod holds is believed.

THIS is in-cluster-files.py and this file (pod-text.ts), which the boot there has read from stdin; next come ten digits and so many
bytes of JSON:

  id        of this run, in its folder's name      nonce  before the outcome on stdout: U+001E, nonce, colon, JSON, line feed
  files     path: text                             sums   path: [name, SHA-256] of files that are mounted at `mounted`
  env       added to the image's own               size   [columns, rows] where the program gets a terminal
  harness   and `call`, for Python                 argv   for the others; {file: path} is one of the files
  packages  that are installed where the image lacks them
  site      the image's own packages may be imported

then frames: a letter, four bytes of length, data. D: the program's input, E: its end, R: the terminal's size, `columns rows`.
stdin itself never ends while the client is there: its end means that the client is gone, and ends the program.
"""
import os
import select
import sys
# `signal` makes enums of its numbers, which takes longer than all else here.
import _signal as signal


class Client:
    """The frames of stdin, as far as they have come."""

    def __init__(self):
        self.kind, self.left, self.head, self.size = b"", 0, b"", b""

    def take(self, data):
        """Gives (kind, bytes) in order."""
        got = []
        while data:
            if not self.left:
                self.head, data = self.head + data[:5 - len(self.head)], data[5 - len(self.head):]
                if len(self.head) < 5:
                    break
                self.kind, self.left, self.head, self.size = self.head[:1], int.from_bytes(self.head[1:], "big"), b"", b""
                if self.left == 0:
                    got.append((self.kind, b""))
                continue
            piece, data = data[:self.left], data[self.left:]
            self.left -= len(piece)
            if self.kind == b"D":
                got.append((b"D", piece))
            else:
                self.size += piece
                if not self.left:
                    got.append((self.kind, self.size))
        return got


def resize(fd, columns, rows):
    import fcntl
    import struct
    import termios
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


def follow(child, program, terminal, wake):
    """Passes everything on until the child has ended; its status, or None where the client went away."""
    client, waiting, over = Client(), b"", False
    os.set_blocking(program, False)
    poll = select.poll()
    status = None
    while status is None:
        if over and not waiting and program >= 0 and not terminal:
            poll.unregister(program)
            os.close(program)
            program = -1
        poll.register(0, 0 if waiting else select.POLLIN)
        poll.register(wake, select.POLLIN)
        if program >= 0:
            poll.register(program, (select.POLLOUT if waiting else 0) | (select.POLLIN if terminal else 0))
        events = dict(poll.poll())
        if events.get(wake):
            os.read(wake, 512)
            pid, ended = os.waitpid(child, os.WNOHANG)
            status = ended if pid else None
        happened = events.get(program, 0) if program >= 0 else 0
        if terminal and happened & select.POLLIN:
            drain(program, 1)
        if happened & select.POLLOUT and waiting:
            try:
                waiting = waiting[os.write(program, waiting):]
            except BlockingIOError:
                pass
            except OSError:
                happened |= select.POLLERR
        if happened & (select.POLLERR | select.POLLHUP) and not happened & select.POLLIN:
            # It reads no more.
            poll.unregister(program)
            if not terminal:
                os.close(program)
            program, waiting = -1, b""
        said = events.get(0, 0)
        if said & select.POLLIN and not waiting:
            data = os.read(0, 65536)
            if not data:
                return None
            for kind, piece in client.take(data):
                if kind == b"D" and program >= 0:
                    waiting += piece
                elif kind == b"E":
                    over = True
                    waiting += b"\x04" if terminal and program >= 0 else b""
                elif kind == b"R" and terminal:
                    resize(terminal, *map(int, piece.split()))
        elif said & (select.POLLHUP | select.POLLERR):
            return None
    return status


def drain(terminal, out):
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    write_all(out, data)
    return bool(data)


def start(head, folder, extra):
    """Forks the program; gives its pid, where its input goes, and its terminal."""
    size = head.get("size")
    terminal = None
    if size is None:
        inner, outer = os.pipe()
    else:
        outer, inner = os.openpty()
        terminal = outer
        resize(outer, *size)
    pid = os.fork()
    if pid:
        os.close(inner)
        return pid, outer, terminal
    os.close(outer)
    os.setsid()
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    if terminal is not None:
        import fcntl
        import termios
        fcntl.ioctl(inner, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2) if terminal is not None else (0,):
        os.dup2(inner, fd)
    if inner > 2:
        os.close(inner)
    os.chdir(folder)
    os.environ.update(head["env"], HOME=folder)
    if head.get("argv"):
        argv = [word if isinstance(word, str) else folder + "/source/" + word["file"] for word in head["argv"]]
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            fail("the image can't run %s: %s" % (argv[0], error.strerror), "an image that has it: --image IMAGE, or image in its header")
    if head.get("site") or extra:
        import site
        site.main()
    if extra:
        site.addsitedir(extra)
        sys.path.insert(0, extra)
        os.environ["PATH"] = extra + "/bin:" + os.environ.get("PATH", "")
    sys.argv = ["-c", head["call"]]
    exec(compile(head["harness"], "<kf>", "exec"), {"__name__": "__main__"})
    sys.exit(0)


def end(child, terminal):
    """The client is gone: Ctrl-C, a moment to clean up, then the hard way."""
    import time
    for number, seconds in ((signal.SIGHUP if terminal else signal.SIGINT, 5), (signal.SIGKILL, 1)):
        try:
            os.killpg(child, number)
        except OSError:
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if os.waitpid(child, os.WNOHANG)[0]:
                return
            time.sleep(0.05)


def main():
    head = scan(read(int(read(10))))
    folder = "/tmp/kf-" + head["id"]
    lay_out(head, folder)
    code = 130
    try:
        extra = packages(head["packages"], folder + "/packages") if head.get("packages") else None
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        here = os.getpid()
        child, program, terminal = start(head, folder, extra)
        try:
            status = follow(child, program, terminal, wake)
        except BrokenPipeError:
            status = None
        if status is None:
            end(child, terminal)
        else:
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
            if terminal:
                while drain(terminal, 1):
                    pass
            outcome = folder + "/outcome"
            if os.path.exists(outcome):
                with open(outcome, "rb") as file:
                    write_all(1, b"\x1e" + head["nonce"].encode() + b":" + file.read().strip() + b"\n")
        try:
            # What it left running.
            os.killpg(child, signal.SIGKILL)
        except OSError:
            pass
    finally:
        if "here" not in locals() or os.getpid() == here:
            clean(folder)
    os._exit(code)


def clean(folder):
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            os.unlink(os.path.join(root, name))
        for name in folders:
            at = os.path.join(root, name)
            os.unlink(at) if os.path.islink(at) else os.rmdir(at)
    os.rmdir(folder)


main()
