"""What stands between a run and its client: input, terminal, end. A part of in-cluster.py, which starts the run before this is read."""
import os
import select
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
