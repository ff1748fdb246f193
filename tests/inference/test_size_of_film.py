"""The same film gets the same opinion in the size it was taken in and in that of the training."""

from pathlib import Path

import numpy as np
import pytest

from xray_core.imaging.guard import read_guarded
from xray_core.inference import load_classifier


@pytest.mark.real
def test_a_film_as_the_scanner_wrote_it_is_called_as_it_is_when_small(real_data: Path) -> None:
    """`fullres_samples` are films of `chest_xray/train`, over 900 px wide."""
    classifier, said = load_classifier(), []
    for full in sorted((real_data / "fullres_samples").glob("*/*")):
        small = real_data / "chest_xray" / "train" / full.parent.name / full.name
        said.append(
            [
                classifier.predict(read_guarded(path.read_bytes(), path.name))
                for path in (full, small)
            ]
        )
    assert len(said) == 24
    for full, small in said:
        assert full.decision == small.decision, full.source
    p = np.array([[each.p_pneumonia for each in pair] for pair in said])
    assert np.abs(p[:, 0] - p[:, 1]).mean() < 0.025  # without the limit of size 0.037
