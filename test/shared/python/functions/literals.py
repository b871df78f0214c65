from enum import Enum
from typing import Literal, Optional, Union

Level = Literal[1, 2, 3]


class Unit(Enum):
    KB = 1
    MB = 2


def literals(
    kind: Literal["a", 'b', "c d", "é\n"],
    level: Level = 1,
    deep: Literal[Level, 4] = 4,
    mixed: Literal["auto", 8, 16] = "auto",
    flag: Literal[True, False] = True,
    only: Literal[True] = True,
    none: Literal["x", None] = None,
    low: Literal[-1, 0x10, 1_000] = -1,
    unit: Literal[Unit.KB] = Unit.KB,
    many: list[Literal["x", "y"]] = [],
    both: Union[Literal["p"], Literal["q"]] = "p",
    maybe: Optional[Literal["on", "off"]] = None,
    loose: Literal["auto"] | int = "auto",
    named: Literal["auto"] | str = "auto",
):
    return kind
