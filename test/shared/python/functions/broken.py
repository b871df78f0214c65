"""Does not parse."""


def broken(size: int = 1, name: str "x"):
    return size
