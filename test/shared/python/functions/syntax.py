"""Whatever else Python has in a body changes nothing."""
import os, sys as system
from os import (path, sep as separator,)
x: int = 1; y = z = 2
a, *b = [1, 2, 3]
(c := 5)


def syntax(size: int = 1, *, name: str = "x"):
    global x
    x += 1
    with open(os.devnull) as f, (open(os.devnull)) as g:
        pass
    with (open(os.devnull) as f, open(os.devnull) as g,):
        pass
    match [size, name]:
        case [1, str() as s] | [2, s] if s: return s
        case {"a": 1, **rest}: pass
        case Point(x=0) | -1 | 1 + 2j | None | "s" "t": pass
        case (a, *_) | [a]: pass
        case os.sep: pass
        case _: pass
    match = case = type = 1
    match[0] if False else type
    print(f"{name!r:>{size}} {{}} {'a' if size else 'b'} {size=} {[1,2][0]:d}")
    try:
        assert size, "no"
    except* (ValueError, TypeError) as error:
        raise RuntimeError from error
    else:
        del a, (b), [c]
    finally:
        pass
    for i, *j in [(1, 2)]: continue
    else: pass
    while not size < 1 <= 2 != 3 is not None in [1] not in (): break
    return *b, -size ** -2 @ x // 3 % 4 << 5 & 6 ^ 7 | ~8, lambda *q, k=1, **w: (yield), x[1:2, ::3, *b], {**{}}, {*b}
