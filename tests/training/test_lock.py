"""Two trainings of one name never write the same state."""

from pathlib import Path

import pytest

from xray_core.errors import TrainingError
from xray_core.training.lock import exclusive


def test_a_second_holder_is_told_and_the_first_goes_on(tmp_path: Path) -> None:
    with exclusive(tmp_path / "run"):
        with (
            pytest.raises(TrainingError, match="already being trained"),
            exclusive(tmp_path / "run"),
        ):
            pass
        with exclusive(tmp_path / "other"):
            pass
    with exclusive(tmp_path / "run"):
        pass


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match="cannot be written"), exclusive(tmp_path / "file"):
        pass
