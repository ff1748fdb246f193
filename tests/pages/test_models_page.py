"""The page Models: cards and lineage, the gate with its evidence, roll back, import."""

import io
import json
import shutil
import time

import pytest
from pagetools import failed, press, text_of

from xray_core.bundle import find_bundle
from xray_core.bundle.export import zip_bytes
from xray_core.bundle.store import trust
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.promotion.champion import promote
from xray_core.promotion.evidence import present_champion
from xray_core.promotion.gate import Gate
from xray_core.promotion.record import read_record

FIGURES = {
    "n": 1042, "patients": 611, "auc": 0.9812, "auc_ci": [0.975, 0.9875],
    "sensitivity": 0.981, "sensitivity_ci": [0.967, 0.992],
    "auc_lungs_blanked": 0.5432, "auc_lungs_blanked_ci": [0.48, 0.61],
}  # fmt: skip
REASON = "A drill on the ward: the films are far too few for the gate."


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Eight phantoms of as many patients, half of them with pneumonia."""
    root = tmp_path_factory.mktemp("gate")
    for kind, label in ((PhantomKind.NORMAL, "NORMAL"), (PhantomKind.LOBAR, "BACTERIAL")):
        (root / label).mkdir()
        for seed in range(4):
            film = phantom_png(draw_phantom(seed, kind, size=96))
            (root / label / f"p{seed}-{label}.png").write_bytes(film)
    return root


@pytest.fixture
def two_models(tiny_bundle):
    """The champion `tiny`, and `other` with figures, a list of films and a configuration."""
    other = tiny_bundle.parent / "other"
    shutil.copytree(tiny_bundle, other)
    path = other / "bundle.json"
    content = json.loads(path.read_text()) | {
        "name": "other",
        "title": "Another network",
        "metrics": {"validation": FIGURES | {"auc": 0.999}, "internal_test": FIGURES},
        "training": {
            "start": "tiny", "start_sha256": "ab" * 32, "seed": 7, "manifest": "patients.csv",
            "data": [{"source": "ward", "population": "Children of the ward"}],
            "history": [
                {"epoch": 1, "loss": 0.9, "validation_auc": 0.7},
                {"epoch": 2, "loss": 0.5, "validation_auc": 0.9},
            ],
        },
        "environment": {"keras": "3.15.1"},
    }  # fmt: skip
    path.write_text(json.dumps(content))
    (other / "films.csv").write_text(
        "sha256,phash,patient,source,label,role\n"
        f"{'a' * 64},,p1,ward,NORMAL,train\n"
        f"{'b' * 64},,p1,ward,NORMAL,train\n"
        f"{'c' * 64},,p2,ward,VIRAL,internal_test\n"
    )
    trust(other)
    return other


def open_tab(app, name):
    app.session_state["models-tabs"] = name
    return app.run()


def typed(app, label, text):
    """Type into the field of that label; the last of them, if there are several."""
    fields = [f for f in (*app.text_input, *app.text_area) if f.label == label]
    fields[-1].set_value(text)
    return app.run()


def judged(app, films):
    """Fill in the form, press Judge and wait for the evidence."""
    app = open_tab(app, "Promote")
    next(f for f in app.text_input if f.label == "Labelled films").set_value(str(films))
    app = press(app, "Judge")
    for _ in range(600):
        if any("the gate against" in e.value for e in (*app.error, *app.success)):
            return app
        time.sleep(0.1)
        app = app.run()
    raise AssertionError(f"no evidence came; the page says: {text_of(app)}")


def put_in_charge(name, *, gate_failed=False):
    """Promote without the page, on no evidence."""
    from xray_core.evaluation.data_ref import DataRef
    from xray_core.inference import ModelRef
    from xray_core.promotion.check import Check

    info, champion = find_bundle(name), present_champion()
    checks = (Check("shortcuts", "No more reliance", not gate_failed, "It reads the frame."),)
    gate = Gate(
        ModelRef(info.name, info.sha256),
        ModelRef(champion.name, champion.sha256),
        DataRef("ward", None, "0" * 64, 8, 8, {}, {}),
        0.02, 8, 8, checks,
    )  # fmt: skip
    promote(gate, by="Dr A", reason=REASON, override=gate_failed)


def test_the_champion_stands_first_and_its_way_back_is_not_there_yet(two_models, open_page):
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "**tiny** is the champion" in words and "There is no promotion to roll back" in words
    assert [option.split()[0] for option in app.radio[0].options] == ["tiny", "other"]


def test_a_model_shows_figures_with_intervals_and_those_kept_apart_first(two_models, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    words = text_of(app.run())
    assert not failed(app)
    assert "### Another network" in words and f"`{find_bundle('other').sha256}`" in words
    assert "| all | 1,042 (611) | 0.981 (0.975 to 0.988) | 0.543 (0.480 to 0.610) |" in words
    assert words.index("patients used for nothing else") < words.index("so the figures flatter")


def test_a_model_shows_how_its_training_went(two_models, open_page):
    app = open_page("pages/models.py")
    assert not [box for box in app.selectbox if box.label == "Figure of the training"], "of tiny"
    app.radio[0].set_value("other")
    app = app.run()
    assert not failed(app)
    (chosen,) = [box for box in app.selectbox if box.label == "Figure of the training"]
    assert list(chosen.options) == ["Validation AUC", "Training loss"]
    drawn = [e for e in app.get("plotly_chart") if "one-training" in str(e.proto)]
    assert len(drawn) == 1


def test_a_model_shows_what_it_was_made_from(two_models, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    app.session_state["model-other"] = "Lineage"
    words = text_of(app.run())
    assert not failed(app)
    assert "| ward | 2 (1) | none | 1 (1) | Children of the ward |" in words
    assert "**weights began as** tiny" in words and "**seed** 7" in words
    assert f"**made from** `tiny`, SHA-256 `{'ab' * 32}`" in words
    assert "**Run** none on this computer has written this very bundle." in words
    assert "keras 3.15.1" in words


def test_a_model_names_the_run_that_has_written_it(two_models, tmp_path, open_page):
    from xray_core.tracking.runs import create_run, set_tags
    from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
    from xray_core.training.config import TrainingConfig

    config = TrainingConfig.model_validate(
        {
            "name": "other", "title": "Run of a test", "network": "residual", "balance": 0.5,
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "confounders": "None that is known.", "operating_point": {"source": "set"},
        }
    )  # fmt: skip
    run = create_run(config, {})
    set_tags(run, {BUNDLE: str(two_models), BUNDLE_SHA256: find_bundle("other").sha256})
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    app.session_state["model-other"] = "Lineage"
    words = text_of(app.run())
    assert f"**Run** `other@{run[:8]}`." in words


def test_the_figures_of_a_segmenter_are_explained_as_such(tiny_segmenter, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("tiny-lungs")
    words = text_of(app.run())
    assert not failed(app)
    assert "0.500 (0.400 to 0.600)" in words and "compare the lungs that are found" in words
    assert "lungs blanked" not in words


def test_a_model_that_was_changed_is_named_with_the_reason(two_models, open_page):
    (two_models / "README.md").write_text("another card")
    app = open_page("pages/models.py")
    (shown,) = failed(app)
    assert "model 'other' has SHA-256" in shown and "were changed" in shown
    assert not app.exception


def test_a_gate_that_fails_shows_each_check_and_promotes_only_with_a_reason(
    two_models, films, open_page
):
    app = judged(open_page("pages/models.py"), films)
    words = text_of(app)
    assert "does not pass the gate against **tiny**" in words
    assert ":red[:material/cancel: **Failed**] Sensitivity not worse" in words
    assert ":green[:material/check_circle: **Passed**] Files as they were" in words
    assert ":red[:material/cancel: **Failed**] Specificity not worse" in words
    assert "at least 133 patients" in words and "at least 52 patients" in words
    promote_button = next(b for b in app.button if b.label == "Promote all the same")
    assert promote_button.disabled

    app = typed(app, "Your name", "Dr A")
    app = typed(app, "Reason", REASON)
    assert next(b for b in app.button if b.label == "Promote all the same").disabled
    app.checkbox[0].set_value(True)
    app = press(app.run(), "Promote all the same")
    assert find_bundle().name == "other"
    assert "**other** is the champion" in text_of(app)
    (entry,) = read_record()
    assert entry.overridden and entry.by == "Dr A" and "sensitivity" in entry.failed


def test_an_override_stands_on_the_card_for_good(two_models, open_page):
    put_in_charge("other", gate_failed=True)
    for page in ("pages/models.py", "pages/about.py"):
        words = text_of(open_page(page))
        assert "by Dr A although the gate had failed (shortcuts)" in words
        assert "It reads the frame." in words
    press(typed(open_page("pages/models.py"), "Your name", "Dr B"), "Roll back to tiny")
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    assert "although the gate had failed" in text_of(app.run()), "also when it is no champion"
    tiny, other = app.radio[0].options
    assert "gate overridden" in other and "gate overridden" not in tiny


def test_a_roll_back_is_one_click_and_recorded(two_models, open_page):
    put_in_charge("other")
    app = open_page("pages/models.py")
    assert next(b for b in app.button if b.label == "Roll back to tiny").disabled
    app = press(typed(app, "Your name", "Dr B"), "Roll back to tiny")
    assert not failed(app)
    assert find_bundle().name == "tiny"
    assert "tiny is the champion again" in app.success[0].value
    words = text_of(open_tab(app, "History"))
    assert "**tiny** came back in place of **other**" in words and "by Dr B" in words
    assert "**other** replaced **tiny**" in words and "far too few for the gate" in words


def test_a_page_that_is_out_of_date_rolls_nothing_back(two_models, open_page):
    put_in_charge("other")
    app = typed(open_page("pages/models.py"), "Your name", "Dr B")
    third = shutil.copytree(two_models, two_models.parent / "third")
    path = third / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "third"}))
    trust(third)
    put_in_charge("third")  # in another session; this one still says "Roll back to tiny"
    app = press(app, "Roll back to tiny")
    (shown,) = failed(app)
    assert "would bring back other, not tiny" in shown and not app.success
    assert find_bundle().name == "third" and len(read_record()) == 2


def test_a_record_that_was_altered_is_said_and_the_page_stands(two_models, home, open_page):
    put_in_charge("other")
    path = home / "promotions.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"by":"Dr A"', b'"by":7'))
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "is not as it was written" in words and "### Another network" in words


def test_films_that_are_not_there_are_one_sentence(two_models, open_page):
    app = open_tab(open_page("pages/models.py"), "Promote")
    next(f for f in app.text_input if f.label == "Labelled films").set_value("/no/such/folder")
    app = press(app, "Judge")
    for _ in range(100):
        if failed(app):
            break
        time.sleep(0.1)
        app = app.run()
    (shown,) = failed(app)
    assert "/no/such/folder" in shown and not app.exception


def test_a_model_comes_in_once_its_hash_is_confirmed(two_models, open_page, monkeypatch):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    zipped, sha256 = zip_bytes(find_bundle("other")), find_bundle("other").sha256
    shutil.rmtree(two_models)
    app = open_tab(open_page("pages/models.py"), "Import")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = app.run()
    assert not failed(app)
    assert "it is not trusted yet" in text_of(app) and app.code[0].value == sha256
    assert next(b for b in app.button if b.label == "Trust and install").disabled
    app = typed(app, "SHA-256 from whoever made it", "0" * 64)
    assert "another SHA-256" in failed(app)[0]
    app = press(typed(app, "SHA-256 from whoever made it", sha256), "Trust and install")
    assert find_bundle("other").sha256 == sha256
    assert find_bundle().name == "tiny"
    assert "other is installed" in text_of(app) + "".join(s.value for s in app.success)
    assert not failed(app), "the zip is not judged again as one whose name is taken"
    assert "Take in a model from elsewhere" in text_of(app)


def test_a_refusal_goes_with_its_cause(two_models, open_page, monkeypatch):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    zipped = zip_bytes(find_bundle("other"))
    app = open_tab(open_page("pages/models.py"), "Import")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = app.run()
    assert "is installed already" in failed(app)[0]
    shutil.rmtree(two_models)
    app = app.run()
    assert not failed(app) and "it is not trusted yet" in text_of(app)


def test_a_file_that_is_gone_while_the_store_is_read_takes_no_page_down(two_models, open_page):
    """A link to nowhere is listed and cannot be asked for its size, as a file just replaced."""
    (two_models.parent / "tiny" / "gone").symlink_to(two_models / "nowhere")
    app = open_page("pages/models.py")
    assert not failed(app) and "### Tiny network" in text_of(app)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_model_is_refused_in_one_sentence(two_models, open_page, content):
    app = open_tab(open_page("pages/models.py"), "Import")
    app.file_uploader[0].set_value([("bad.zip", content, "application/zip")])
    app = app.run()
    (shown,) = failed(app)
    assert shown.startswith("**Refused.**") and "cannot be read as a model" in shown


def test_a_zip_with_code_is_refused(two_models, open_page):
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.py", "print('run')")
    app = open_tab(open_page("pages/models.py"), "Import")
    app.file_uploader[0].set_value([("bad.zip", buffer.getvalue(), "application/zip")])
    (shown,) = failed(app.run())
    assert "unsafe name" in shown


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("Promote", "There is nobody to promote"),
        ("History", "No model was promoted yet"),
        ("Import", "Take in a model from elsewhere"),
    ],
)
def test_empty_parts_say_what_to_do(tiny_bundle, open_page, tab, said):
    app = open_tab(open_page("pages/models.py"), tab)
    assert not failed(app) and said in text_of(app)


def test_without_a_model_it_says_how_to_get_one(no_model, open_page):
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "no model gives opinions yet" in words and "No model is installed" in words


def test_diagnose_takes_the_new_champion_at_once(two_models, open_page):
    """The same session, run again as its polling does it."""
    from pages.components import models

    app = open_page("pages/diagnose.py")
    assert not failed(app)
    assert models.reader().classifier.name == "tiny"
    put_in_charge("other")
    assert models.reader().classifier.name == "other"
