from collections.abc import Iterator


def generator(start: int, stop: int, step: int = 1) -> Iterator[int]:
    yield
    i = start
    while i < stop:
        got = yield i
        i += step if got is None else got
    yield from (x for x in range(3) if x)
