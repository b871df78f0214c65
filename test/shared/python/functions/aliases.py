import datetime as dt
import pathlib as p
import typing
import typing as t
from typing import Literal as L
from typing import Optional as Opt

Path = p.Path
Mode = L["fast", "slow"]
MaybeMode = Opt[Mode]
Modes = t.List[Mode]


def aliases(
    mode: Mode,
    other: MaybeMode = None,
    many: Modes = ["fast"],
    where: Path = Path("a"),
    day: "dt.date" = None,
    at: dt.datetime = dt.datetime(2024, 1, 2),
    any: typing.Any = 3,
    files: t.Sequence[p.Path] = (),
):
    return mode
