"""A program in a terminal of its own. Takes a line of JSON for each thing to do; the terminal's bytes go to stdout, how it ended to fd 3."""

import base64
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios


def set_size(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows, *argv = sys.argv[1:]
    master, slave = pty.openpty()
    set_size(master, int(columns), int(rows))
    before = termios.tcgetattr(slave)
    child = os.fork()
    if child == 0:
        os.close(master)
        os.login_tty(slave) if hasattr(os, "login_tty") else login(slave)
        env = json.loads(os.environ["KF_PTY_ENV"])
        os.environ["PATH"] = env["PATH"]
        os.execvpe(argv[0], argv, env)
    # The slave stays open here, so that the terminal's state outlives the program.
    watched = [master, 0]
    buffered = b""
    pending = b""
    status = None
    while status is None or select.select([master], [], [], 0.1)[0]:
        ready, writable, _ = select.select(watched, [master] if pending else [], [], 0.05)
        if writable:
            pending = pending[os.write(master, pending[:1024]) :]
        if master in ready:
            os.write(1, os.read(master, 65536))
        if 0 in ready:
            got = os.read(0, 65536)
            if not got:  # whoever drove it has gone
                os.kill(child, signal.SIGKILL)
                return
            *lines, buffered = (buffered + got).split(b"\n")
            for line in lines:
                do = json.loads(line)
                if "send" in do:
                    pending += base64.b64decode(do["send"])
                if "size" in do:
                    set_size(master, *do["size"])
                if "signal" in do:
                    os.kill(child, getattr(signal, do["signal"]))
        if status is None:
            pid, ended = os.waitpid(child, os.WNOHANG)
            if pid:
                status = ended
    after = termios.tcgetattr(slave)
    code = os.waitstatus_to_exitcode(status)
    end = {"code": code if code >= 0 else 128 - code, "restored": before == after}
    os.write(3, json.dumps(end).encode())


def login(fd):
    os.setsid()
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
    for each in (0, 1, 2):
        os.dup2(fd, each)


main()
