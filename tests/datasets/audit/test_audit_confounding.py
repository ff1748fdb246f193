"""A set whose class can be told from its border says so; one whose class cannot does not."""

import numpy as np
import pytest
from audit_films import encoded, framed, picture

from xray_core.datasets.audit import Verdict, audit
from xray_core.datasets.joined import join_datasets
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError

EACH = 40


def write(root, name, make):
    """Write `EACH` films of each class, made from a number and whether it is a pneumonia."""
    for i in range(2 * EACH):
        path = root / name / ("PNEUMONIA" if i % 2 else "NORMAL") / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(i, bool(i % 2)))
    return root / name


@pytest.fixture(scope="module")
def clean(module_home, tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return audit(open_dataset(write(root, "clean", lambda i, ill: encoded(picture(i)))))


@pytest.fixture(scope="module")
def by_frame(module_home, tmp_path_factory):
    def make(i, ill):
        return encoded(framed(picture(i)) if ill else picture(i))

    return audit(open_dataset(write(tmp_path_factory.mktemp("frame"), "framed", make)))


def test_a_border_that_tells_the_class_is_serious(by_frame):
    border = next(probe for probe in by_frame.probes if probe.name == "border")
    assert border.auc > 0.99
    assert border.contrast == "NORMAL against the rest"
    assert border.verdict is by_frame.verdict is Verdict.SERIOUS
    finding = next(f for f in by_frame.findings if f.check == "confounding_border")
    assert "without looking at the lungs" in finding.sentence
    assert finding.sentence.startswith(
        "From the outer border of the film alone, NORMAL is told from the rest with an AUC of"
    )


def test_where_nothing_tells_the_class_every_probe_is_fine(clean):
    assert {p.name for p in clean.probes} == {
        "file", "dimensions", "border", "thumbnail", "sharpness", "markers",
    }  # fmt: skip
    for probe in clean.probes:
        assert probe.verdict is Verdict.FINE, probe
        assert probe.interval[0] <= probe.auc <= probe.interval[1]


def test_probes_see_what_they_are_named_for(home, tmp_path):
    def make(i, ill):
        grey = picture(i, 100 if ill else 96)
        if ill:
            grey[6:16, 6:9] = grey[6:9, 6:16] = 255  # a marker in one corner
        return encoded(grey, ".bmp" if ill else ".png")

    result = audit(open_dataset(write(tmp_path, "told", make)))
    told = {probe.name: probe.auc for probe in result.probes}
    assert told["file"] == told["dimensions"] == 1
    assert told["markers"] > 0.95


def test_a_blurred_class_is_told_by_its_sharpness(home, tmp_path):
    def make(i, ill):
        noise = np.random.default_rng(i).integers(0, 12 if ill else 40, (96, 96))
        return encoded(np.clip(picture(i) + noise, 0, 255).astype(np.uint8))

    result = audit(open_dataset(write(tmp_path, "blurred", make)))
    sharpness = next(probe for probe in result.probes if probe.name == "sharpness")
    assert sharpness.auc > 0.95 and sharpness.verdict is Verdict.SERIOUS


def test_with_too_few_patients_no_auc_is_claimed(home, tmp_path):

    def make(i, ill):
        return encoded(picture(i))

    folder = write(tmp_path, "few", make)
    for path in sorted(folder.rglob("*.png")):
        path.rename(path.with_name(f"patient{int(path.stem) % 19}_{path.stem}.png"))
    result = audit(open_dataset(folder))
    assert all(probe.auc is None for probe in result.probes)
    finding = next(f for f in result.findings if f.check == "confounding")
    assert finding.verdict is Verdict.WARNING and "at least 20 patients" in finding.sentence


def test_joined_sets_whose_classes_have_one_source_say_so(home, tmp_path, write_set):
    one = write_set({f"NORMAL/{i}.png": encoded(picture(i)) for i in range(4)})
    (tmp_path / "other" / "COVID-19").mkdir(parents=True)
    for i in range(4):
        (tmp_path / "other" / "COVID-19" / f"{i}.png").write_bytes(encoded(picture(50 + i)))
    joined = join_datasets([open_dataset(one), open_dataset(tmp_path / "other")])
    assert joined.film_bytes(0) == encoded(picture(0))
    result = audit(joined)
    assert result.source == "films + other" and result.films == 8
    finding = next(f for f in result.findings if f.check == "confounding_source")
    assert finding.verdict is Verdict.SERIOUS
    assert finding.sentence == (
        "COVID-19 comes from other only and NORMAL comes from films only: there the class and the "
        "source are the same thing."
    )


def test_sets_of_one_name_are_not_joined(write_set):
    data = open_dataset(write_set({"NORMAL/a.png": encoded(picture(0))}))
    with pytest.raises(DatasetError, match="films, films cannot be joined"):
        join_datasets([data, data])
