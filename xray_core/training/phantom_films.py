"""The drawn films of a run, beside its real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from xray_core.imaging.phantom import PHANTOM_LABELS, Phantom, PhantomKind, draw_phantom
from xray_core.labels import Label, label_name, task_named
from xray_core.training.config import TrainingConfig

PHANTOM = "phantom"
"""The source of drawn films; no data set may be called so."""
FIRST_SEED = 20180222 * 100_000
"""Of all runs: those of other seeds then share their prepared films, phantoms and real ones."""


@dataclass(frozen=True)
class PlannedPhantom:
    """A phantom that is drawn when it is needed: 240 take half a minute.

    Attributes:
        seed: what it is drawn from.
        kind: what it will show.
        adult: adult, or child of one to five years.
    """

    seed: int
    kind: PhantomKind
    adult: bool

    @property
    def label(self) -> Label:
        """The class that it imitates."""
        return PHANTOM_LABELS[self.kind]

    def draw(self) -> Phantom:
        """Return the film."""
        return draw_phantom(self.seed, self.kind, adult=self.adult)


def plan_phantoms(config: TrainingConfig) -> list[PlannedPhantom]:
    """Return the phantoms of a run that its task has a place for."""
    kinds, task = list(PhantomKind), task_named(config.task)
    planned = [
        PlannedPhantom(FIRST_SEED + i, kinds[i % len(kinds)], bool(i // 4 % 2))
        for i in range(config.phantoms.films)
    ]
    return [phantom for phantom in planned if task.allowed(phantom.label).any()]


def phantom_table(phantoms: Sequence[PlannedPhantom]) -> pd.DataFrame:
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
