from pathlib import Path
from typing import Annotated, Final, Literal, Optional

Positive = Annotated[int, "more than nothing"]


class Range:
    def __init__(self, low, high, help=""):
        self.low = low


def annotated(
    size: Positive,
    ratio: Annotated[float, Range(0, 1, help="between 0 and 1")] = 0.5,
    kind: Annotated[Literal["a", "b"], Range(1, 2), "which kind"] = "a",
    path: Annotated[Optional[Path], "where\nto"] = None,
    many: list[Annotated[int, "each"]] = [],
    fixed: "Annotated[str, 'a text']" = "x",
):
    return size
