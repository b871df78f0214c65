def keyword_only(*, project: str, size: int, ratio: float = 0.5, quiet: bool, tags: list[str]):
    return project
