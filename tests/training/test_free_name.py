"""A model's name is found for it where none is given, and no other model's is taken."""

import re
from pathlib import Path

from xray_core.bundle.part import NAME
from xray_core.bundle.store import stores
from xray_core.settings import settings
from xray_core.training.free_name import LONGEST, free_name


def _installed(name: str) -> None:
    (settings().home / "bundles" / name).mkdir(parents=True)


def test_a_name_that_no_model_has_stays_as_it_is(home: Path) -> None:
    assert free_name("films-residual") == "films-residual"


def test_a_name_that_is_taken_gets_the_next_number(home: Path) -> None:
    _installed("films-residual")
    assert free_name("films-residual") == "films-residual-2"
    _installed("films-residual-2")
    assert free_name("films-residual") == "films-residual-3"
    assert free_name("films") == "films"


def test_a_bundled_model_keeps_its_name(home: Path) -> None:
    bundled = next(path.name for path in stores()[0].iterdir() if path.is_dir())
    assert free_name(bundled) == f"{bundled}-2"


def test_the_longest_name_with_a_number_is_still_a_name(home: Path) -> None:
    longest = "a" * LONGEST
    _installed(longest)
    found = free_name(longest)
    assert found.endswith("a-2") and len(found) == LONGEST
    assert re.fullmatch(NAME, found)
