"""`bundle.json` is read as it was written, or refused with one sentence."""

import json

import pytest
from pydantic import ValidationError

from xray_core.bundle import BundleManifest, Preprocessing
from xray_core.errors import BundleError
from xray_core.labels import CLASSES, TASKS


def changed(folder, **fields):
    path = folder / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_what_is_written_is_read(tiny_bundle, tmp_path):
    manifest = BundleManifest.read(tiny_bundle)
    manifest.write(tmp_path)
    assert BundleManifest.read(tmp_path) == manifest


def test_figures_that_are_not_defined_are_no_mistake(tiny_bundle):
    figures = {"n": 3, "auc": None, "auc_ci": None, "per_class": {"VIRAL": {"recall": None}}}
    changed(tiny_bundle, metrics={"internal_test": figures})
    assert BundleManifest.read(tiny_bundle).metrics["internal_test"] == figures


def test_a_limit_of_size_is_written_only_where_there_is_one():
    """What is kept of films, and of runs under way, is known by what is written."""
    assert "longest" not in Preprocessing().model_dump() | json.loads(
        Preprocessing().model_dump_json()
    )
    limited = Preprocessing(longest=320)
    assert limited.model_dump()["longest"] == 320
    assert Preprocessing.model_validate_json(limited.model_dump_json()) == limited
    border = Preprocessing(crop="border")
    assert border.model_dump(exclude_defaults=True) == {"crop": "border"}
    assert limited.model_dump(exclude_defaults=True) == {"longest": 320}
    assert "crop" not in limited.model_dump(exclude={"longest", "crop"})


@pytest.mark.parametrize("crop", ["none", "border"])
def test_only_a_box_of_lungs_can_be_cut_into(crop):
    assert Preprocessing(crop="lungs", margin=-0.03).margin == -0.03
    with pytest.raises(ValidationError, match=r"margin is -0\.03; below 0 it goes with"):
        Preprocessing(crop=crop, margin=-0.03)


def test_outputs_are_a_task(tiny_bundle):
    task = BundleManifest.read(tiny_bundle).task
    assert task.outputs == CLASSES
    assert task.normal_index == 0


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"temperature": 0}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"temperature": 1e-40}, "temperature"),
        ({"temperature": 1e9}, "temperature"),
        ({"temperature": float("inf")}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"outputs": [{"name": "../UP", "classes": ["NORMAL"]}]}, "outputs.0.name"),
        ({"outputs": [{"name": "NORMAL", "classes": []}]}, "outputs.0.classes"),
        ({"name": "../evil"}, "name"),
        ({"kind": "oracle"}, "kind"),
        ({"format_version": 2}, "format_version"),
        ({"surprise": 1}, "surprise"),
        ({"input": {"size": -1}}, "input.size"),
        ({"preprocessing": {"low": -1}}, "preprocessing.low"),
        ({"preprocessing": {"high": 120}}, "preprocessing.high"),
        ({"preprocessing": {"low": 60, "high": 60}}, "preprocessing"),
        ({"metrics": {"internal_test": {"auc": "0.93"}}}, "metrics"),
        ({"metrics": {"internal_test": {"auc": 0.93, "auc_ci": [0.9]}}}, "metrics"),
        ({"metrics": {"internal_test": {"ece": [1], "ece_ci": None}}}, "metrics"),
        ({"metrics": {"internal_test": {"per_class": {"NORMAL": {"recall": "all"}}}}}, "metrics"),
        ({"metrics": {"internal_test": {"per_class": [0.5]}}}, "metrics"),
        ({"metrics": {"internal_test": {"auc": float("nan")}}}, "metrics"),
        ({"metrics": {"internal_test": {"auc": 10**400}}}, "metrics"),
        ({"metrics": {"internal_test": {"auc_ci": [0.9, float("inf")]}}}, "metrics"),
        ({"metrics": {"internal_test": {"loss": float("-inf")}}}, "metrics"),
        ({"metrics": {"internal_test": {"at_half": {"counts": [[1, float("nan")]]}}}}, "metrics"),
        ({"training": {"data": None}}, "training"),
        ({"training": {"data": ["films"]}}, "training"),
        ({"training": {"data": [{"population": "adults"}]}}, "training"),
        ({"training": {"data": [{"source": "a", "ages": [1]}]}}, "training"),
        ({"training": {"operating_point": "0.5"}}, "training"),
    ],
)
def test_a_field_that_is_not_valid_is_named_in_one_sentence(tiny_bundle, fields, where):
    changed(tiny_bundle, **fields)
    with pytest.raises(BundleError) as caught:
        BundleManifest.read(tiny_bundle)
    assert f"bundle.json is not valid at {where!r}" in str(caught.value)
    assert "\n" not in str(caught.value)


def outputs(*named):
    """The outputs of a `bundle.json` by their names and the letters of their classes."""
    letters = {name[0]: name for name in CLASSES}
    return [{"name": name, "classes": [letters[c] for c in classes]} for name, classes in named]


@pytest.mark.parametrize(
    "named",
    [
        *(list(zip(t.outputs, t.classes, strict=True)) for t in TASKS),
        [("NORMAL", {"NORMAL"}), ("PNEUMONIA", {"BACTERIAL", "VIRAL"})],
        [("NORMAL", {"NORMAL"}), ("BACTERIAL", {"BACTERIAL"}), ("OTHER", {"VIRAL", "COVID-19"})],
    ],
    ids=lambda named: "+".join(name for name, _ in named),  # a set has no order to be named by
)
def test_outputs_are_called_what_they_stand_for(tiny_bundle, named):
    changed(tiny_bundle, outputs=outputs(*[(name, [c[0] for c in of]) for name, of in named]))
    assert BundleManifest.read(tiny_bundle).task.outputs == tuple(name for name, _ in named)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ([("HEALTHY", "N"), ("PNEUMONIA", "BVC")], "'HEALTHY' stands for NORMAL alone"),
        ([("NORMAL", "N"), ("VIRAL", "B"), ("BACTERIAL", "V")], "'VIRAL' stands for BACTERIAL al"),
        ([("NORMAL", "N"), ("PNEUMONIA", "B")], "'PNEUMONIA' stands for BACTERIAL alone"),
        ([("NORMAL", "N"), ("VIRAL", "BV")], "'VIRAL' stands for BACTERIAL, VIRAL"),
        ([("NORMAL", "N"), ("PNEUMONIA", "BV"), ("COVID-19", "C")], "is not all but NORMAL"),
    ],
    ids=str,
)
def test_an_output_named_as_another_disease_is_refused(tiny_bundle, named, sentence):
    changed(tiny_bundle, outputs=outputs(*named))
    with pytest.raises(BundleError, match=sentence):
        BundleManifest.read(tiny_bundle)


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_what_is_no_manifest_is_refused(tiny_bundle, content):
    (tiny_bundle / "bundle.json").write_text(content)
    with pytest.raises(BundleError, match=r"bundle\.json is not valid"):
        BundleManifest.read(tiny_bundle)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"no bundle\.json could be read"):
        BundleManifest.read(tmp_path)


def test_a_classifier_without_what_a_classifier_states_is_refused(tiny_bundle):
    path = tiny_bundle / "bundle.json"
    content = json.loads(path.read_text())
    del content["temperature"]
    path.write_text(json.dumps(content))
    with pytest.raises(BundleError, match="a classifier states temperature"):
        BundleManifest.read(tiny_bundle)


def test_a_segmenter_states_limits_and_nothing_of_a_classifier(tiny_segmenter):
    content = json.loads((tiny_segmenter / "bundle.json").read_text())
    assert "lungs" in content
    assert not {"outputs", "temperature", "operating_points", "novelty"} & set(content)
    changed(tiny_segmenter, temperature=1.5)
    with pytest.raises(BundleError, match="a segmenter has no temperature"):
        BundleManifest.read(tiny_segmenter)


def test_without_an_operating_point_there_is_no_decision(tiny_bundle):
    changed(tiny_bundle, operating_points=[])
    with pytest.raises(BundleError, match="no operating point, so it cannot decide"):
        _ = BundleManifest.read(tiny_bundle).operating_point
