from typing import Any, TypedDict


class Point(TypedDict):
    x: int
    y: int


class Named(Point, total=False):
    name: str


Loose = TypedDict("Loose", {"in": str})


def dicts(point: Point, loose: Loose = {}, points: list[Point] = [], other: Any = {"a": 1}):
    return point
