"""One call in a pod. It comes with the call over stdin, as all that it runs does: nothing that the pod holds is believed.

THIS is this file, with the others as text that is compiled where it is needed (pod-text.ts), which the boot there has read from stdin;
next come ten digits and so many bytes of JSON:

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
import sys
# `signal` makes enums of its numbers, which takes longer than all else here.
import _signal as signal


def later(part):
    """Compiles a part of this program where a run comes to it: all of it at once takes longer than most functions."""
    exec(compile(PARTS.pop(part, ""), "<kf>", "exec"), globals())


def scan(data):
    try:
        # json's own scanner, without the regular expressions that json loads.
        from _json import make_scanner
        return make_scanner(Scanned)(data.decode("utf-8"), 0)[0]
    except ImportError:
        import json
        return json.loads(data)


class Scanned:
    strict, object_hook, object_pairs_hook, memo = True, None, None, {}
    parse_float, parse_int, parse_constant = float, int, None


def fail(*lines):
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
    os._exit(1)


def lay_out(head, folder):
    """The files as they were sent, or as they are mounted where their sums are the right ones."""
    files = {path: text.encode("utf-8") for path, text in head.get("files", {}).items()}
    if head.get("sums"):
        later("files")
        files.update(mounted(head))
    os.mkdir(folder, 0o700)
    for path, data in files.items():
        at = folder + "/source/" + path
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "xb") as file:
            file.write(data)


def start(head, folder, extra):
    """Forks the program; gives its pid, where its input goes, and its terminal."""
    size = head.get("size")
    terminal = None
    if size is None:
        inner, outer = os.pipe()
    else:
        outer, inner = os.openpty()
        terminal = outer
        later("follow")
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


def main():
    head = scan(read(int(read(10))))
    folder = "/tmp/kf-" + head["id"]
    lay_out(head, folder)
    code = 130
    try:
        extra = None
        if head.get("packages"):
            later("files")
            extra = packages(head["packages"], folder + "/packages")
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        here = os.getpid()
        child, program, terminal = start(head, folder, extra)
        # The program is on its way meanwhile.
        later("follow")
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
