"""Annotations are text here, and name what comes later."""

from __future__ import annotations

from pathlib import Path


def future(where: Path, level: Level = None, names: list[str] | None = None, kind: Kind = "a") -> Result:
    return None


import enum
from typing import Literal

Kind = Literal["a", "b"]


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Result:
    pass
