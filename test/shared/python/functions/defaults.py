import math
from pathlib import Path

LIMIT = 100


def defaults(
    a: int = -5,
    b: int = 0x_FF,
    c: int = 1_000_000,
    d: float = 1e-3,
    e: float = .5,
    f: float = 5.,
    g: str = "tab\t\x41\u00e9\101 'quoted' \
continued",
    h: str = r"\d+\n",
    i: str = """two
lines""",
    j: str = "a" 'b' """c""",
    k: tuple = (1, 2),
    l: list = [[1, "a"], None],
    m: dict = {"a": {"b": [True]}},
    n: bytes = b"left out",
    o: str = f"{LIMIT} of {LIMIT:>{3}} {'x'!r}",
    p: float = math.inf,
    q: int = 10**20,
    r: int = 123456789012345678901234567890,
    s: int = 60 * 60,
    t: int = LIMIT,
    u: Path = Path.home() / "data",
    v_: float = float("nan"),
    x: dict = {1: 2},
    y: str = u"old",
    z: complex = 1j,
    aa=LIMIT * 2,
    bb=Path("x") / "y",
    cc=1 / 2,
    dd=lambda q=1, *w, **e: (q, w, e),
    ee=0b101, ff=0o17, gg=1E5, hh=(5), ii=- 1, jj=[-1, +2],
):
    return a
