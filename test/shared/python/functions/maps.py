from collections import OrderedDict, defaultdict
from typing import Any, Dict, Mapping, Optional


def maps(
    labels: dict[str, str],
    sizes: Dict[str, int] = {"a": 1},
    bare: dict = {"x": 0.5},
    empty: dict = {},
    maybe: Optional[Mapping[str, float]] = None,
    numbered: dict[int, str] = {1: "a"},
    ordered: OrderedDict[str, bool] = OrderedDict(),
    defaults: defaultdict[str, int] = defaultdict(int),
    deep: dict[str, list[int]] = {"a": [1]},
    anything: dict[str, Any] = {},
    **more: Any,
):
    return labels
