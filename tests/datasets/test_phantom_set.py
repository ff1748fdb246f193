"""A set of phantoms is there as a whole, or not at all."""

import pytest

from xray_core.datasets.importing import imported_sets
from xray_core.datasets.open import open_dataset
from xray_core.datasets.phantom_set import draw_phantom_set


def test_a_set_has_a_quarter_of_each_class(home):
    path = draw_phantom_set(8, 64)
    assert path == home / "datasets" / "phantoms-8"
    assert open_dataset(path).table["label"].value_counts().to_dict() == {
        "NORMAL": 2,
        "BACTERIAL": 2,
        "VIRAL": 2,
        "COVID-19": 2,
    }


def test_a_drawing_that_was_interrupted_leaves_nothing(home):
    class Interrupted(BaseException):
        """As Streamlit stops a page: no Exception."""

    def interrupt(done, total):
        if done == 3:
            raise Interrupted

    with pytest.raises(Interrupted):
        draw_phantom_set(8, 64, interrupt)
    assert imported_sets() == []
    assert list((home / "datasets").iterdir()) == []


def test_other_phantoms_take_the_place_of_the_former_and_other_films_stay(home, film):
    path = draw_phantom_set(4, 64)
    (path / "NORMAL" / "mine.png").write_bytes(film(1))
    assert draw_phantom_set(4, 64, first=1000) == path
    names = {name.split("/")[1] for name in open_dataset(path).table["path"]}
    assert len(names) == 5 and "mine.png" in names
    assert all(
        name.endswith(tuple(f"-{1000 + i}.png" for i in range(4))) for name in names - {"mine.png"}
    )
