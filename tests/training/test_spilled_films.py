"""Films that are put aside on disk come back as they were, and leave nothing behind."""

from contextlib import closing

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.training.spilled_films import SpilledFilms

SHAPES = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=8)


@settings(deadline=None)
@given(shapes=SHAPES, data=st.data())
def test_films_of_any_shape_come_back_in_any_order(tmp_path_factory, shapes, data):
    rng = np.random.default_rng(len(shapes))
    films = [rng.random(shape, np.float32) for shape in shapes]
    with closing(SpilledFilms(tmp_path_factory.mktemp("spilled"))) as kept:
        for row, film in enumerate(films):
            kept.append(film)
            again = data.draw(st.integers(0, row))
            assert np.array_equal(kept[again], films[again])
        assert len(kept) == len(films)


def test_a_film_that_comes_back_may_be_changed(tmp_path):
    with closing(SpilledFilms(tmp_path)) as kept:
        kept.append(np.ones((2, 3), np.float32))
        kept[0][:] = 0
        assert kept[0].min() == 1


def test_no_file_is_left_in_the_folder(tmp_path):
    with closing(SpilledFilms(tmp_path / "new")) as kept:
        kept.append(np.asfortranarray(np.eye(4, 7, dtype=np.float32)))
        assert np.array_equal(kept[0], np.eye(4, 7))
        assert list((tmp_path / "new").iterdir()) == []
