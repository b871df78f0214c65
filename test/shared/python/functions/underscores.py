def underscores(_word: str, __other: int = 1, class_: str = "c", camelCase: int = 2, UPPER: int = 3, a__b: int = 4, x1: int = 5, _1: int = 6, *, _k: bool = False):
    return _word
