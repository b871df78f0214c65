import sys

try:
    import tomllib
except ImportError:
    tomllib = None

try:
    from typing import Never, Optional
except ImportError:
    from typing_extensions import Never, Optional

if sys.version_info >= (3, 0):
    Size = int
else:
    Size = str


def branches(nothing):
    return "redefined below"


if True:

    def branches(size: Size, ratio: Optional[float] = None):
        return size
