"""The published runs: complete, consistent in themselves, and as the facts were handed over."""

import re

import pytest
from pydantic import ValidationError

from xray_core.errors import ConfigError
from xray_core.labels import task_named
from xray_core.networks.registry import network
from xray_core.settings import PROJECT_ROOT
from xray_core.training.presets import PRESETS, Preset, preset

BY_NAME = pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.name)


@pytest.fixture(scope="session")
def table() -> dict[str, str]:
    """The rows of the facts as handed over, by preset."""
    path = PROJECT_ROOT.parent / "shared" / "PUBLISHED_RUNS.md"
    if not path.exists():
        pytest.skip("the published runs as handed over are not here: no ../shared")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.*)$", path.read_text(), flags=re.MULTILINE)
    return dict(rows)


@pytest.mark.real
def test_there_is_one_preset_a_row_in_the_same_order(table: dict[str, str]) -> None:
    assert [row.name for row in PRESETS] == list(table)


@pytest.mark.real
@BY_NAME
def test_every_published_figure_stands_in_its_row(row: Preset, table: dict[str, str]) -> None:
    text = table[row.name].replace(" ", "")
    figures = row.published
    numbers = [figures.accuracy, figures.validation_accuracy, figures.precision, figures.recall]
    numbers += [figures.f1, figures.normal_recall, figures.normal_f1]
    numbers += [value for pair in (figures.by_class or {}).values() for value in pair]
    for value in filter(None, numbers):
        assert f"{value:g}" in text
    if figures.confusion is not None:
        assert str([list(line) for line in figures.confusion]).replace(" ", "") in text
    if figures.missed is not None:
        assert f"misses{figures.missed}of390" in text


@BY_NAME
def test_it_can_be_built(row: Preset) -> None:
    assert row.input_size >= network(row.network).smallest
    assert len(task_named(row.task).outputs) >= 2
    if row.start == "imagenet":
        assert network(row.network).pretrained is not None
    else:
        assert row.strategy.kind == "all"


@BY_NAME
def test_its_figures_agree_with_each_other(row: Preset) -> None:
    figures = row.published
    if figures.missed is not None and figures.recall is not None:
        assert figures.recall == pytest.approx(1 - figures.missed / 390, abs=0.005)
    if figures.confusion is None:
        return
    (normal, alarm), (missed, found) = figures.confusion
    assert int(figures.films.split()[0]) == normal + alarm + missed + found
    for stated, share in (
        (figures.accuracy, (normal + found) / (normal + alarm + missed + found)),
        (figures.recall, found / (missed + found)),
        (figures.precision, found / (alarm + found)),
    ):
        assert stated is None or stated == pytest.approx(share, abs=5e-4)


@BY_NAME
def test_what_was_chosen_here_is_a_field_or_said_in_words(row: Preset) -> None:
    for item in row.chosen:
        assert item in Preset.model_fields or " " in item


def test_the_separable_cnn_is_stated_in_full() -> None:
    row = preset("cnn-separable")
    assert (row.input_size, row.batch, row.epochs, row.keep) == (150, 32, 10, "last")
    assert (row.schedule.factor, row.schedule.after) == (0.3, (3, 5, 7, 9))
    assert (row.augmentation.zoom, row.augmentation.vertical_flip) == (0.3, 0.5)
    assert row.validation == "test films"
    assert row.chosen == ("rate",)


def test_a_shear_whose_unit_is_not_stated_is_among_what_was_chosen() -> None:
    sheared = [row for row in PRESETS if row.augmentation.shear]
    assert [row.name for row in sheared] == ["cnn-deep-augmented"]
    assert any(item.startswith("unit of the shear") for item in sheared[0].chosen)


def test_a_preset_cannot_be_changed_and_others_are_refused() -> None:
    with pytest.raises(ValidationError):
        PRESETS[0].rate = 1.0
    with pytest.raises(ConfigError, match="'cnn-huge' is not one of ann-10-adam, ann-10-sgd"):
        preset("cnn-huge")
