"""What a model costs is told, whatever it thinks of the film that it is timed on."""

import numpy as np
import pytest

from xray_core.errors import UnsuitableFilm
from xray_core.evaluation.cost import CALLS, cost_of


class Refuses:
    """A model of a tight novelty limit, which refuses the phantom."""

    model = None

    def __init__(self, folder, error):
        self.folder, self.error, self.judged = folder, error, 0

    def examine(self, film):
        raise self.error

    def see(self, film):
        return self

    pixels = np.zeros((4, 4), np.float32)

    def probabilities(self, batch):
        assert batch.shape == (1, 4, 4)
        self.judged += 1


def test_a_model_that_refuses_the_phantom_is_timed_all_the_same(tmp_path):
    (tmp_path / "model").write_bytes(b"12345")
    model = Refuses(tmp_path, UnsuitableFilm("phantom", "It is no chest film."))
    found = cost_of(model)
    assert model.judged == CALLS + 1
    assert found.latency_ms >= 0 and found.size_bytes == 5


def test_another_failure_is_not_hidden(tmp_path):
    with pytest.raises(MemoryError):
        cost_of(Refuses(tmp_path, MemoryError()))
