"""Trains a classifier of handwritten digits on several nodes: each has a part of the data, and after each batch all average
their gradients over the network. The data set is scikit-learn's (1,797 images of 8 x 8 pixels). Needs numpy."""

import argparse
import gzip
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the nodes share one machine

import numpy as np

from peers import Peers

DATA = "/usr/share/digits/digits.csv.gz"


def load():
    """Images as rows of 64 numbers from 0 to 1, and the digits that they show."""
    if os.path.exists(DATA):
        with gzip.open(DATA) as file:
            rows = np.loadtxt(file, delimiter=",")
    else:
        from sklearn.datasets import load_digits

        bunch = load_digits()
        rows = np.column_stack([bunch.data, bunch.target])
    return rows[:, :-1] / 16.0, rows[:, -1].astype(int)


class Network:
    """One hidden layer with ReLU, and softmax. Parameters and gradients are one flat vector, so that they travel as they are."""

    def __init__(self, inputs, hidden, classes, rng):
        self.shapes = [(inputs, hidden), (hidden,), (hidden, classes), (classes,)]
        parts = [rng.normal(0, np.sqrt(2 / shape[0]), shape) if len(shape) == 2 else np.zeros(shape) for shape in self.shapes]
        self.flat = np.concatenate([part.ravel() for part in parts])

    def parts(self):
        out, start = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape))
            out.append(self.flat[start : start + size].reshape(shape))
            start += size
        return out

    def forward(self, x):
        w1, b1, w2, b2 = self.parts()
        hidden = np.maximum(x @ w1 + b1, 0)
        scores = hidden @ w2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        exp = np.exp(scores)
        return hidden, exp / exp.sum(axis=1, keepdims=True)

    def gradient(self, x, y):
        """The loss of a batch, and its gradient as a flat vector."""
        _, _, w2, _ = self.parts()
        hidden, p = self.forward(x)
        loss = -np.log(p[np.arange(len(y)), y] + 1e-12).mean()
        p[np.arange(len(y)), y] -= 1
        p /= len(y)
        back = (p @ w2.T) * (hidden > 0)
        return loss, np.concatenate([(x.T @ back).ravel(), back.sum(0), (hidden.T @ p).ravel(), p.sum(0)])

    def accuracy(self, x, y):
        return float((self.forward(x)[1].argmax(axis=1) == y).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=0.2)
    args = parser.parse_args()

    x, y = load()
    order = np.random.default_rng(0).permutation(len(y))  # the same on every node
    test, train = order[:360], order[360:]
    with Peers.from_environment() as peers:
        print(f"node {peers.rank} of {peers.size}, {len(train)} images to train with, {len(test)} to test", flush=True)
        mine = train[peers.rank :: peers.size]
        network = Network(64, 64, 10, np.random.default_rng(1))
        rng = np.random.default_rng(2 + peers.rank)
        steps = len(train) // peers.size // args.batch  # as many on every node: each waits for all
        began = time.time()
        for epoch in range(1, args.epochs + 1):
            losses = []
            shuffled = rng.permutation(mine)
            for step in range(steps):
                batch = shuffled[step * args.batch : (step + 1) * args.batch]
                loss, gradient = network.gradient(x[batch], y[batch])
                network.flat -= args.rate * peers.average(gradient)
                losses.append(loss)
            accuracy = network.accuracy(x[test], y[test])
            print(f"epoch {epoch}/{args.epochs}  loss {np.mean(losses):.3f}  accuracy {accuracy:.3f}", flush=True)
        # Every node must have come to the same network: the average of the sums is each one's sum.
        drift = abs(float(peers.average(np.array([network.flat.sum()]))[0]) - float(network.flat.sum()))
        if drift > 1e-9:
            raise SystemExit(f"the nodes have drifted apart by {drift}")
        print(f"done in {time.time() - began:.1f}s", flush=True)


if __name__ == "__main__":
    main()
