"""Two installed models, and the evidence of whatever they are made to say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from gatetools import FILMS_CSV, Said, copy_of, films, reads, says
from trusting import trust

from xray_core.promotion.evidence import Evidence, weigh
from xray_core.promotion.gate import Gate, judge


@pytest.fixture
def two_models(tiny_bundle: Path) -> Path:
    """The champion `tiny` and the challenger `other`, each with a film that it was trained on."""
    (tiny_bundle / "films.csv").write_text(FILMS_CSV)
    trust(tiny_bundle, default=True)
    return copy_of(tiny_bundle, "other")


@pytest.fixture
def evidence(two_models: Path) -> Callable[..., Evidence]:
    """Return `evidence(champion, challenger, per_patient=1)`: both on the same films."""

    def made(champion: Said | None, challenger: Said, per_patient: int = 1) -> Evidence:
        dataset = films(len(challenger.ill), len(challenger.well), per_patient)
        present = says("tiny", champion) if champion else None
        return weigh(says("other", challenger), present, dataset)

    return made


@pytest.fixture
def passed(evidence: Callable[..., Evidence]) -> Gate:
    """A gate that `other` passed."""
    return judge(evidence(reads(), reads()))
