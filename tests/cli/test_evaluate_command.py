"""`evaluate`: the figures as JSON and as text."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from xray_core.cli import main
from xray_core.notice import NOTICE

KEYS = [
    "model", "n", "refused", "auc", "auc_ci", "accuracy", "accuracy_ci", "sensitivity",
    "specificity", "confusion", "threshold", "ece", "brier", "per_class", "bacterial_vs_viral_auc",
]  # fmt: skip


@pytest.fixture
def films(tmp_path, phantom_file, tiny_bundle):
    for kind, name in {"normal": "NORMAL", "lobar": "BACTERIAL", "peripheral": "COVID-19"}.items():
        (tmp_path / "films" / name).mkdir(parents=True)
        for seed in (0, 1):
            shutil.copy(phantom_file(kind, seed), tmp_path / "films" / name)
    return tmp_path / "films"


def test_json_is_one_object_with_every_figure(films, capsys):
    assert main(["evaluate", str(films), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    out = json.loads(line)
    assert list(out)[: len(KEYS)] == KEYS
    assert out["n"] == sum(map(sum, out["confusion"])) == 6
    assert list(out["per_class"]["VIRAL"]) == ["precision", "recall", "f1", "support"]
    assert out["bacterial_vs_viral_auc"] is None
    for name in ("auc_lungs_blanked", "auc_frame_blanked"):
        low, high = out[f"{name}_ci"]
        assert 0 <= low <= out[name] <= high <= 1
    assert out["model"] == "tiny"


def test_films_of_one_kind_alone_have_no_auc_intact_or_blanked(films, capsys):
    for name in ("BACTERIAL", "COVID-19"):
        shutil.rmtree(films / name)
    assert main(["evaluate", str(films), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    for name in ("auc", "auc_lungs_blanked", "auc_frame_blanked"):
        assert (out[name], out[f"{name}_ci"]) == (None, None)
    assert main(["evaluate", str(films)]) == 0
    assert "AUC, lungs blanked            undefined  should be 0.5" in capsys.readouterr().out


def test_text_shows_figures_what_is_undefined_and_what_was_left_out(films, capsys):
    (films / "NORMAL" / "broken.png").write_bytes(b"no film")
    assert main(["evaluate", str(films)]) == 0
    out = capsys.readouterr().out
    assert "Model tiny on 6 films of 6 patients" in out
    assert "AUC, bacterial against viral  undefined" in out
    assert "1 could not be read, and left out" in out
    assert "NORMAL/broken.png: " in out
    assert "6 synthetic phantoms, not patients" in out
    assert out.endswith(f"{NOTICE}\n")


def test_a_name_cannot_steer_the_terminal(films, capsys):
    (films / "NORMAL" / "a\x1b[2J\u202eb.png").write_bytes(b"no film")
    assert main(["evaluate", str(films)]) == 0
    assert "    NORMAL/a?[2J?b.png: " in capsys.readouterr().out


def test_an_archive_is_read_as_the_folder_is(films, tmp_path, capsys):
    archive = shutil.make_archive(str(tmp_path / "films"), "zip", films)
    results = []
    for path in (films, archive):
        assert main(["evaluate", str(path), "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1]


def test_films_of_the_models_own_making_are_pointed_out(films, tiny_bundle, capsys):
    import hashlib

    from trusting import trust

    film = next((films / "NORMAL").iterdir())
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    header = "sha256,phash,patient,source,label,role"
    (tiny_bundle / "films.csv").write_text(f"{header}\n{digest},,p,s,NORMAL,train\n")
    trust(tiny_bundle, default=True)
    assert main(["evaluate", str(films)]) == 0
    said = capsys.readouterr().out
    assert "1 films had the role train when this model was made, or a copy or another film" in said
    assert "the figures flatter it" in said


def test_a_folder_without_films_is_one_sentence(tmp_path, tiny_bundle, capsys):
    assert main(["evaluate", str(tmp_path)]) == 2
    assert "holds no films" in capsys.readouterr().err


def test_where_not_one_film_can_be_scored_the_exit_code_says_so(tmp_path, tiny_bundle, capsys):
    (tmp_path / "films" / "NORMAL").mkdir(parents=True)
    small = np.random.default_rng(1).integers(256, size=(28, 28), dtype=np.uint8)
    Image.fromarray(small).save(tmp_path / "films" / "NORMAL" / "28px.png")
    (tmp_path / "films" / "NORMAL" / "broken.png").write_bytes(b"no film")
    assert main(["evaluate", str(tmp_path / "films"), "--json"]) == 2
    captured = capsys.readouterr()
    out = json.loads(captured.out)
    assert (out["n"], out["refused"], out["errors"], out["auc"]) == (0, 1, 1, None)
    assert captured.err == ("not one film of films could be scored: 1 refused, 1 unreadable.\n")
