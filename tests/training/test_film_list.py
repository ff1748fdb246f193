"""What `films.csv` of a bundle holds of patients: it is there to be published."""

from pathlib import Path

import pandas as pd

from xray_core.training.film_list import FILM_COLUMNS, write_film_list


def _film(patient: str, sha256: str) -> pd.DataFrame:
    return pd.DataFrame([[sha256, "", patient, "ward7", "NORMAL", "train"]], columns=FILM_COLUMNS)


def test_no_list_of_films_names_a_patient(tmp_path: Path) -> None:
    """Nor does one that takes over the films of a bundle of an earlier version."""
    mine = _film("ward7/NORMAL/MUELLER_ANNA_19790412", "a" * 64).assign(path="MUELLER_ANNA.png")
    earlier = _film("ward7/NORMAL/MEIER_EVA_19600101", "b" * 64).drop(columns="phash")
    public = _film("kermany/person-3", "c" * 64)
    path = tmp_path / "films.csv"
    write_film_list([mine, earlier, public], path)
    text = path.read_text()
    assert "MUELLER" not in text and "MEIER" not in text
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(written.columns) == FILM_COLUMNS
    assert written["patient"].nunique() == 3 and written["patient"][2] == "kermany/person-3"
    write_film_list([written], path)
    assert path.read_text() == text, "what is published stays as it is"
