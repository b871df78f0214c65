from functools import cache, lru_cache


@lru_cache(maxsize=None)
def helper(x: int) -> int:
    return x


@cache
def cached(n: int, deep: bool = False) -> int:
    return n
