"""The drawn films of a run, beside its real ones."""

from collections.abc import Sequence

import pandas as pd

from xray_core.imaging.phantom import Phantom, PhantomKind, draw_phantom
from xray_core.labels import label_name, task_named
from xray_core.training.config import TrainingConfig
from xray_core.training.film_reader import PHANTOM


def draw_phantoms(config: TrainingConfig) -> list[Phantom]:
    """Return the phantoms of a run that its task has a place for."""
    kinds, task = list(PhantomKind), task_named(config.task)
    phantoms = [
        draw_phantom(config.seed * 100_000 + i, kinds[i % len(kinds)], adult=bool(i // 4 % 2))
        for i in range(config.phantoms.films)
    ]
    return [phantom for phantom in phantoms if task.allowed(phantom.label).any()]


def phantom_table(phantoms: Sequence[Phantom]) -> pd.DataFrame:
    """Return phantoms as the rows of a data set's table."""
    rows = [
        {
            "path": f"phantom-{p.kind.value.lower()}-{p.seed}",
            "label": label_name(p.label),
            "patient": f"phantom-{p.seed}",
            "split": "",
            "source": PHANTOM,
            "sha256": "",
            "phash": "",
        }
        for p in phantoms
    ]
    return pd.DataFrame(rows)
