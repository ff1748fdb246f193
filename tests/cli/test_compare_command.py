"""`compare`: JSON as promised, text with plain sentences, films that were seen left out."""

import hashlib
import json
import shutil

import pytest

from xray_core.cli import main
from xray_core.notice import NOTICE

PAIR = [
    "a", "b", "delong_p", "mcnemar_p", "a_only_correct", "b_only_correct", "delta_auc",
    "delta_auc_ci",
]  # fmt: skip


@pytest.fixture
def two_models(tiny_bundle):
    from trusting import trust

    stern = shutil.copytree(tiny_bundle, tiny_bundle.parent / "stern")
    manifest = json.loads((stern / "bundle.json").read_text())
    manifest |= {"name": "stern", "temperature": 0.5}
    manifest["operating_points"][0]["threshold"] = 0.9
    (stern / "bundle.json").write_text(json.dumps(manifest))
    trust(stern)
    return tiny_bundle.parent


@pytest.fixture
def films(tmp_path, phantom_file):
    for kind, name in {"normal": "NORMAL", "lobar": "BACTERIAL"}.items():
        (tmp_path / "films" / name).mkdir(parents=True)
        for seed in range(4):
            shutil.copy(phantom_file(kind, seed), tmp_path / "films" / name)
    return tmp_path / "films"


def knows(store, name, film, look=""):
    """Let a model have been trained on a film, or on one with this perceptual hash."""
    from trusting import trust

    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    header = "sha256,phash,patient,source,label,role"
    (store / name / "films.csv").write_text(f"{header}\n{digest},{look},p,s,NORMAL,train\n")
    trust(store / name)


def run_json(capsys, *arguments):
    assert main(["compare", *arguments, "--draws", "200", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_json_is_what_is_promised_and_agrees_with_evaluate(two_models, films, capsys):
    out = run_json(capsys, "tiny", "stern", "--data", str(films))
    assert list(out)[:3] == ["models", "pairs", "seen"]
    assert [model["name"] for model in out["models"]] == ["tiny", "stern"]
    (pair,) = out["pairs"]
    assert list(pair)[: len(PAIR)] == PAIR
    assert out["seen"] == {"tiny": 0, "stern": 0}
    assert main(["evaluate", str(films), "--model", "tiny", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    metrics = out["models"][0]["metrics"]
    assert (metrics["n"], metrics["confusion"]) == (alone["n"], alone["confusion"])
    for name in ("auc", "accuracy", "sensitivity", "specificity", "ece", "brier", "threshold",
                 "auc_lungs_blanked", "auc_frame_blanked"):  # fmt: skip
        assert metrics[name] == pytest.approx(alone[name], abs=1e-6), name


def test_a_film_that_one_model_was_trained_on_counts_for_the_other_alone(two_models, films, capsys):
    knows(two_models, "stern", sorted((films / "NORMAL").iterdir())[0])
    out = run_json(capsys, "tiny", "stern", "--data", str(films))
    assert out["seen"] == {"tiny": 0, "stern": 1}
    assert [model["metrics"]["n"] for model in out["models"]] == [8, 7]
    assert out["pairs"][0]["n"] == 7


def test_a_copy_of_a_training_film_under_other_bytes_is_left_out_too(two_models, films, capsys):
    from PIL import Image

    from xray_core.datasets.hashing import perceptual_hash
    from xray_core.imaging.reader import read_radiograph

    film = sorted((films / "BACTERIAL").iterdir())[0]
    look = perceptual_hash(read_radiograph(film.read_bytes(), film.name).pixels)
    knows(two_models, "tiny", film, look)
    Image.open(film).save(films / "BACTERIAL" / "copy.jpg", quality=80)
    film.unlink()
    out = run_json(capsys, "tiny", "--data", str(films))
    assert (out["seen"], out["models"][0]["metrics"]["n"]) == ({"tiny": 1}, 7)


def test_no_film_is_scored_twice(two_models, films, capsys, monkeypatch):
    from xray_core.evaluation import contender

    first = run_json(capsys, "tiny", "--data", str(films))
    scored = []
    real = contender.score_films
    monkeypatch.setattr(
        contender, "score_films", lambda c, d, rows: scored.extend(rows) or real(c, d, rows)
    )
    again = run_json(capsys, "tiny", "--data", str(films))
    assert not scored
    assert [m["metrics"] for m in again["models"]] == [m["metrics"] for m in first["models"]]
    next((films / "NORMAL").iterdir()).unlink()
    (films / "NORMAL" / "new.png").write_bytes(b"no film")
    assert run_json(capsys, "tiny", "--data", str(films))["models"][0]["errors"] == 1
    assert len(scored) == 1


def test_text_has_the_leaderboard_and_a_sentence_for_each_pair(two_models, films, capsys):
    arguments = ["compare", "tiny", "stern", "--data", str(films), "--draws", "200"]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "LUNGS BLANKED" in out
    assert "tiny and stern are right and wrong on the same films." in out
    assert "8 synthetic phantoms, not patients" in out
    assert out.endswith(f"{NOTICE}\n")


def test_what_cannot_be_compared_is_one_sentence(two_models, films, capsys):
    for arguments, words in (
        (["tiny", "tiny", "--data", str(films)], "is named twice"),
        (["tiny", "gone", "--data", str(films)], "gone"),
        (["tiny", "--data", str(films), "--split", "tset"], "is not one of"),
    ):
        assert main(["compare", *arguments]) == 2
        error = capsys.readouterr().err
        assert words in error and error.count("\n") == 1


def test_a_model_that_has_seen_everything_is_compared_with_nothing(two_models, films, capsys):
    rest = sorted(films.rglob("*.png"))
    for film in rest[1:]:
        film.unlink()
    knows(two_models, "tiny", rest[0])
    assert main(["compare", "tiny", "--data", str(films), "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["seen"] == {"tiny": 1}
    assert "not one film of films could be scored" in captured.err


def test_the_report_is_written_where_it_is_asked_for(two_models, films, tmp_path, capsys):
    report = tmp_path / "report.pdf"
    arguments = ["compare", "tiny", "stern", "--data", str(films), "--draws", "100"]
    assert main([*arguments, "--pdf", str(report)]) == 0
    assert report.read_bytes().startswith(b"%PDF-")
    assert "tiny" in capsys.readouterr().out
    assert main([*arguments, "--pdf", str(tmp_path / "no-folder" / "report.pdf")]) == 2
    assert "report.pdf cannot be written: No such file or directory." in capsys.readouterr().err
