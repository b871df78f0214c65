"""Nodes that average vectors over TCP: all send theirs to the first, which sends the mean back."""

import os
import socket
import struct
import time

import numpy as np


class Peers:
    """The nodes of one job, as Trainer's torch runtimes describe them in PET_NODE_RANK, PET_NNODES, PET_MASTER_ADDR and PET_MASTER_PORT."""

    def __init__(self, rank, size, address, port, patience=120):
        self.rank, self.size = rank, size
        self.sockets = []
        if size > 1 and rank == 0:
            self._listen(port, patience)
        elif size > 1:
            self._connect(address, port, patience)

    @classmethod
    def from_environment(cls):
        get = os.environ.get
        return cls(
            rank=int(get("PET_NODE_RANK", "0")),
            size=int(get("PET_NNODES", "1")),
            address=get("PET_MASTER_ADDR", "localhost"),
            port=int(get("PET_MASTER_PORT", "29500")),
        )

    def _listen(self, port, patience):
        found = {}
        with socket.create_server(("", port)) as server:
            server.settimeout(patience)
            while len(found) < self.size - 1:
                connection, _ = server.accept()
                connection.settimeout(patience)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                (rank,) = struct.unpack("!I", self._receive(connection, 4))
                found[rank] = connection
        self.sockets = [found[rank] for rank in sorted(found)]

    def _connect(self, address, port, patience):
        """The first node may start later, and its name may not be known yet: tries again until it answers."""
        deadline = time.monotonic() + patience
        while True:
            try:
                connection = socket.create_connection((address, port), timeout=10)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"node 0 at {address}:{port} did not answer within {patience}s: {error}") from error
                time.sleep(0.2)
        connection.settimeout(patience)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(struct.pack("!I", self.rank))
        self.sockets = [connection]

    @staticmethod
    def _receive(connection, count):
        data = bytearray()
        while len(data) < count:
            chunk = connection.recv(min(1 << 20, count - len(data)))
            if not chunk:
                raise ConnectionError("another node has gone")
            data += chunk
        return bytes(data)

    def average(self, vector):
        """The mean of every node's vector of doubles; all nodes must call it, with vectors of one length."""
        vector = np.ascontiguousarray(vector, dtype=np.float64)
        size = vector.nbytes
        if self.size == 1:
            return vector
        if self.rank == 0:
            total = vector.copy()
            for connection in self.sockets:
                total += np.frombuffer(self._receive(connection, size))
            mean = total / self.size
            for connection in self.sockets:
                connection.sendall(mean.tobytes())
            return mean
        self.sockets[0].sendall(vector.tobytes())
        return np.frombuffer(self._receive(self.sockets[0], size))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()
