# python: 3.12
from pathlib import Path
from typing import Literal

type Mode = Literal["a", "b"]
type Many[T] = list[T]


def generic[T, N: int, P: (int, float), *Ts, **Q](first: T, number: N, mode: Mode = "a", pair: P = 1, path: "Path | None" = None, modes: list[Mode] = []) -> T:
    print(f"{f"{number}"} {"\n".join(modes)} {
        number  # a comment
    }")
    return first
