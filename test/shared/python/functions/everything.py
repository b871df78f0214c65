from __future__ import annotations

import enum as e
from pathlib import Path
from typing import Annotated, Literal as Lit


class Level(e.Enum):
    LOW = 1
    HIGH = 2


def everything(
    a: int,
    b: str,
    /,
    c: Path,
    d: Lit["x", "y"] = "x",
    e: list[int] = [1],
    *f: Annotated[float, "numbers"],
    g: Level,
    h: Level | None = None,
    i: bool = False,
    j: bool = True,
    **k: int,
) -> dict[str, int]:
    return {}
