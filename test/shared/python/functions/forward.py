from enum import Enum
from typing import Union


def forward(shape: "Shape", other: "Union[Shape, None]" = None, many: "list[Shape]" = ()):
    return shape


class Shape(Enum):
    CIRCLE, SQUARE = 1, 2
    ROUND = 1
    LINE = "line"
