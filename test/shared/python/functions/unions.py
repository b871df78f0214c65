from decimal import Decimal
from pathlib import Path
from typing import Optional, Union


def unions(
    number: int | float,
    text: int | str,
    path: Path | str = "x",
    maybe: Optional[Union[int, float]] = None,
    odd: int | bool = 1,
    lists: list[int] | tuple[int, ...] = (),
    either: list[str] | dict[str, str] = [],
    known: int | Decimal = 1,
    nested: Union[int, Union[float, None]] = 1,
    three: None | int | str | float = None,
    nothing: None = None,
):
    return number
