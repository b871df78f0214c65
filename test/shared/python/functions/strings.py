import pathlib
from typing import List, Optional


def strings(
    a: "int",
    b: "Optional[pathlib.Path]" = None,
    c: "List['float']" = [],
    d: Optional["bool"] = None,
    e: 'dict[str, "int"]' = {},
    f: "str | None" = None,
    g: """(
        int
        | None
    )""" = 3,
):
    return a
