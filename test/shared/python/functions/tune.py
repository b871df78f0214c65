from pathlib import Path
from typing import Literal


def tune(
    name: str,
    trials: int = 10,
    metric: Literal["loss", "accuracy"] = "loss",
    data: Path | None = None,
    learning_rate: float = 1e-3,
    dry: bool = False,
) -> list[dict]:
    """Tune a model."""
    return [{"name": name, "trials": trials}]
