from collections.abc import Callable
from decimal import Decimal
from typing import Optional, Union


class Model:
    pass


def leftovers(
    name: str,
    call: Callable[[int], str] = print,
    model: "Model" = Model(),
    raw: bytes = b"",
    number: Optional[Decimal] = None,
    many: list[Model] = [],
    either: Union[Model, int] = 1,
    size: int = 3,
    *models: Model,
    **others: Model,
):
    return name
