from typing import overload


@overload
def overloads(value: int) -> int: ...


@overload
def overloads(value: str, base: int) -> str: ...


def overloads(value: int | str, base: int = 10):
    return value
