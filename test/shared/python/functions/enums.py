import enum
from enum import Enum, Flag, IntEnum, StrEnum, auto


class Base(Enum):
    def shown(self) -> str:
        return self.name


class Colour(Base):
    """Colours."""

    _ignore_ = ["x"]
    RED = 1
    GREEN = 2
    CRIMSON = RED
    _private = 3
    hint: str

    @property
    def hex(self):
        return "#"

    def lower(self):
        return self.name.lower()


class Size(IntEnum):
    SMALL = auto()
    BIG = auto()


class Word(StrEnum):
    YES = "yes"
    NO = "no"


class Mixed(str, enum.Enum):
    A = "a"
    B = "b"


class Bits(Flag):
    X = 1
    Y = 2


def enums(
    colour: Colour,
    size: Size = Size.BIG,
    word: Word | None = None,
    mixed: Mixed = Mixed.A,
    bits: Bits = Bits.X,
    several: list[Colour] = [],
    by: dict[str, Size] = {},
    plain=Word.NO,
    *rest: Mixed,
):
    return colour
