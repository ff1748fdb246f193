"""Films that made a model do not judge what is made from it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from xray_core.datasets.patients import published_key
from xray_core.errors import BundleError, TrainingError
from xray_core.training.earlier_films import check_unseen, read_start, together
from xray_core.training.films import INTERNAL_TEST, TRAIN, VALIDATION, FilmSet


def _films(drawn: dict[str, FilmSet]) -> dict[str, FilmSet]:
    """Three sets of films that look different each."""
    parts = {TRAIN: drawn[TRAIN], VALIDATION: drawn[VALIDATION], INTERNAL_TEST: drawn[VALIDATION]}
    return {
        role: replace(
            found,
            table=found.table.assign(
                sha256=[f"{role}{i:050}" for i in range(len(found))],
                patient=[f"{role}-{i}" for i in range(len(found))],
                phash=[f"{n}{i:015x}" for i in range(len(found))],
                role=role,
            ),
        )
        for n, (role, found) in enumerate(parts.items())
    }


@pytest.fixture
def films(drawn_films: dict[str, FilmSet]) -> dict[str, FilmSet]:
    return _films(drawn_films)


@pytest.fixture
def earlier(films: dict[str, FilmSet]) -> pd.DataFrame:
    """What the earlier model was made with: the same films, divided in the same way."""
    return pd.concat([found.table for found in films.values()])


def test_the_same_division_is_fine(films: dict[str, FilmSet], earlier: pd.DataFrame) -> None:
    check_unseen(films, earlier, "before")


def test_a_film_of_two_patients_stays_known_by_both(earlier: pd.DataFrame) -> None:
    copy = earlier.iloc[[0]].assign(patient="who shares a film")
    both = together([earlier, pd.concat([earlier, copy])])
    assert both is not None and len(both) == len(earlier) + 1
    assert set(both["patient"]) == {*earlier["patient"], "who shares a film"}


@pytest.mark.parametrize("known_by", ["sha256", "phash", "patient"])
def test_a_film_that_made_the_earlier_model_may_not_judge(
    films: dict[str, FilmSet], earlier: pd.DataFrame, known_by: str
) -> None:
    judge = films[INTERNAL_TEST].table.iloc[3]
    copy = earlier[earlier["role"] == TRAIN].iloc[[0]].assign(**{known_by: judge[known_by]})
    with pytest.raises(TrainingError, match="1 films of the internal test were used to make 'b'"):
        check_unseen(films, pd.concat([earlier, copy]), "b")


def test_a_patient_of_a_list_with_hashes_may_not_judge(
    films: dict[str, FilmSet], earlier: pd.DataFrame
) -> None:
    judge = films[INTERNAL_TEST].table.iloc[3]
    key = published_key(judge["patient"], judge["source"])
    made = earlier[earlier["role"] == TRAIN].iloc[[0]].assign(patient=key, source=judge["source"])
    with pytest.raises(TrainingError, match="1 films of the internal test were used to make 'b'"):
        check_unseen(films, made, "b")


def test_films_whose_look_is_not_known_are_not_alike(
    films: dict[str, FilmSet], earlier: pd.DataFrame
) -> None:
    unknown = {role: replace(f, table=f.table.assign(phash="")) for role, f in films.items()}
    check_unseen(unknown, earlier.assign(phash=""), "before")
    check_unseen(unknown, earlier.drop(columns="phash"), "before")


def test_the_weights_of_a_bundle_bring_its_films_along(tiny_bundle: Path, tmp_path: Path) -> None:
    weights = str(tiny_bundle / "model.keras")
    named, by_path = read_start("tiny"), read_start(weights)
    assert named is not None and by_path is not None
    pd.testing.assert_frame_equal(by_path, named)
    assert read_start(str(tmp_path / "downloaded.keras")) is None
    (tiny_bundle / "films.csv").unlink()
    with pytest.raises(BundleError, match=r"tiny: its films\.csv cannot be read"):
        read_start(weights)
