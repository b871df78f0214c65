def positional_only(source: str, count: int = 2, /, target: str = "out", *, force: bool = False):
    return source, count, target, force
