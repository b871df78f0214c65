from collections import deque
from collections.abc import Iterable, Sequence
from typing import FrozenSet, List, Set, Tuple


def lists(
    first: list[int],
    word: str,
    rest: Sequence[str],
    bare: list = [1, 2],
    empty: List = [],
    tuples: Tuple[int, ...] = (1,),
    pair: tuple[float, float] = (0.0, 1.0),
    mixed: tuple[int, str] = (1, "a"),
    sets: Set[str] = set(),
    frozen: FrozenSet[float] = frozenset(),
    each: Iterable[bool] = (True,),
    queue: deque[int] = deque(),
    deep: list[list[int]] = [[1], [2]],
    maybe: list[int | None] = [],
    anything: tuple = ("a", "b"),
):
    return first
