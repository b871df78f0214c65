from typing import Any, Optional, Union


def anything(a: Any, b: object, c: Any = 1, d: Any = None, e: Optional[Any] = [1.5], f: object = True, g: list[Any] = [], h: Union[Any, int] = "x", i: "Any" = {"k": "v"}):
    return a
