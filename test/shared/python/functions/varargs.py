from pathlib import Path


def varargs(command: str, *files: Path, check: bool = False, **settings: float):
    return command, files, settings
