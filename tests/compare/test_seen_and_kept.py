"""Films a model was made with are known by bytes or look; scores are kept and survive damage."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.datasets.dataset import COLUMNS, Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.patients import published_key
from xray_core.datasets.stores import FolderStore
from xray_core.errors import ConfigError
from xray_core.evaluation import kept_scores
from xray_core.evaluation.contender import contend
from xray_core.evaluation.kept_scores import keep, kept_file, read_kept
from xray_core.evaluation.scoring import FilmScore
from xray_core.evaluation.seen import FilmsOfModel
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.inference import Status
from xray_core.labels import FOUR_CLASSES

HEAD = "sha256,phash,patient,source,label,role\n"


def listed(folder, *rows):
    folder.mkdir(exist_ok=True)
    (folder / "films.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return FilmsOfModel(folder)


def test_training_and_validation_films_are_seen_and_the_internal_test_is_not(tmp_path):
    found = listed(tmp_path, "aa,,p,s,NORMAL,train", "bb,,p,s,NORMAL,validation",
                   "cc,,p,s,NORMAL,internal_test")  # fmt: skip
    films = [(sha, "", "someone", "s") for sha in ("aa", "bb", "cc", "dd")]
    assert [found.role(*film) for film in films] == ["train", "validation", "internal_test", ""]
    assert [found.has_seen(*film) for film in films] == [True, True, False, False]
    assert found.known


def test_a_copy_that_was_scaled_or_saved_again_is_known_by_its_look(tmp_path):
    import cv2

    film = draw_phantom(3, PhantomKind.NORMAL, size=400).pixels
    found = listed(tmp_path, f"aa,{perceptual_hash(film)},p,s,NORMAL,train")
    small = cv2.resize(film, (200, 200), interpolation=cv2.INTER_AREA)
    saved = cv2.imencode(".jpg", (film * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    again = cv2.imdecode(saved, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    for copy in (small, again):
        assert found.role("bb", perceptual_hash(copy), "someone", "s") == "train"
    other = draw_phantom(4, PhantomKind.LOBAR, size=400).pixels
    assert not found.role("bb", perceptual_hash(other), "someone", "s")


def test_another_film_of_a_training_patient_is_known_where_the_name_means_the_same(tmp_path):
    found = listed(tmp_path, "aa,,kermany/person-3,chest_xray,VIRAL,train",
                   "bb,,ward/7,ward,NORMAL,validation",
                   "cc,,nih/nih-5,adult,NORMAL,internal_test")  # fmt: skip
    assert found.role("dd", "", "kermany/person-3", "a copy under another name") == "train"
    assert not found.role("dd", "", "kermany/person-33", "chest_xray")
    assert found.role("dd", "", "ward/7", "ward") == "validation"
    assert not found.role("dd", "", "ward/7", "another ward")
    assert not found.role("dd", "", "nih/nih-5", "adult"), "the internal test chose nothing"


def test_a_patient_is_known_in_lists_with_names_and_in_those_with_hashes(tmp_path):
    key = "ward7/NORMAL/MUELLER_ANNA_19790412"
    for n, written in enumerate((key, published_key(key, "ward7"))):
        found = listed(tmp_path / str(n), f"aa,,{written},ward7,NORMAL,train")
        assert found.has_seen("dd", "", key, "ward7")
        assert not found.has_seen("dd", "", "ward7/NORMAL/MEIER_ANNA_19790412", "ward7")


def test_a_film_of_a_training_patient_counts_as_seen_and_is_not_scored(home, tmp_path):
    listed(tmp_path, "aa,,kermany/person-3,chest_xray,VIRAL,train")
    film = ("a.png", "VIRAL", "kermany/person-3", "", "a download", "f" * 64, "")
    dataset = Dataset(pd.DataFrame([film], columns=list(COLUMNS)), FolderStore(tmp_path))
    model = SimpleNamespace(
        folder=tmp_path, name="m", sha256="0" * 64, task=FOUR_CLASSES, manifest=None
    )
    found = contend(model, dataset, timed=False)
    assert found.seen.tolist() == [True] and found.scores == (None,)


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=6))
def test_looks_may_differ_in_two_bits(tmp_path_factory, number, flipped):
    found = listed(tmp_path_factory.mktemp("m"), f"aa,{number:016x},p,s,NORMAL,train")
    other = number
    for bit in flipped:
        other ^= 1 << bit
    assert found.has_seen("bb", f"{other:016x}", "someone", "s") == (len(flipped) <= 2)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "no,table\n1,2\n",
        HEAD,
        HEAD + "bb,,p,s,NORMAL,internal_test\n",
        HEAD + "aa,zz,p,s,NORMAL,train\n",
        HEAD + "aa,-1,p,s,NORMAL,train\n",
        HEAD + f"aa,{'f' * 17},p,s,NORMAL,train\n",
        HEAD + "aa,,p,s,NORMAL,train\nbb,,p\n",
    ],
)
def test_a_list_that_is_missing_damaged_or_names_no_film_is_not_known(tmp_path, content):
    if content is not None:
        (tmp_path / "films.csv").write_text(content)
    found = FilmsOfModel(tmp_path)
    assert not found.known
    assert found.role("aa", "00" * 8, "p", "s") == ""


OPINION = FilmScore(
    Status.OK, "", (0.1, 0.2, 0.3, 0.4), ((0.25,) * 4, (0.7, 0.1, 0.1, 0.1)), True, True,
    "0123456789abcdef", 4.5, "F", "PA", 0.45,
)  # fmt: skip


def test_what_was_kept_is_read_back_as_it_was(home):
    refused = FilmScore(Status.REFUSED, "It is\ta photograph.\nNot a film.", phash="ff" * 8)
    keep("model", {"aa": OPINION})
    keep("model", {"bb": refused, "cc": FilmScore(Status.ERROR, "unreadable")})
    found = read_kept("model")
    assert found == {"aa": OPINION}, "settings decide what is refused, and may be set back"
    assert read_kept("another") == {}
    line = kept_file("model").read_text().split("\n")[1]
    with kept_file("model").open("a") as file:
        file.write("\n" + line.replace("aa\tok", "bb\trefused"))
    assert set(read_kept("model")) == {"aa"}, "nor is a refusal that was kept of old believed"


@settings(deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4))
def test_no_digit_of_a_probability_is_lost(tmp_path_factory, p):
    from xray_core.settings import settings as ours

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRAY_HOME", str(tmp_path_factory.mktemp("home")))
        ours.cache_clear()
        keep("model", {"aa": FilmScore(Status.OK, "", tuple(p), (tuple(p), tuple(p)))})
        assert read_kept("model")["aa"].probabilities == tuple(p)
    ours.cache_clear()


def test_a_line_that_was_cut_off_loses_one_film_and_no_more(home):
    keep("model", {"aa": OPINION, "bb": OPINION})
    path = kept_file("model")
    path.write_text(path.read_text()[:-20])
    assert set(read_kept("model")) == {"aa"}
    keep("model", {"cc": OPINION})
    assert set(read_kept("model")) == {"aa", "cc"}


def test_scores_of_another_form_are_made_anew(home):
    keep("model", {"aa": OPINION})
    path = kept_file("model")
    path.write_text(path.read_text().replace("form 2", "form 1"))
    assert read_kept("model") == {}
    keep("model", {"bb": OPINION})
    assert set(read_kept("model")) == {"bb"}


def test_two_processes_that_begin_a_file_at_once_lose_no_line(home, monkeypatch):
    """The second one has looked, found no file, and finds one when its turn has come."""
    first, looks = kept_scores.keep, []
    real = kept_scores._begun

    def late(path):
        found = real(path)
        looks.append(found)
        if len(looks) == 1:
            first("model", {"aa": OPINION})
        return found

    monkeypatch.setattr(kept_scores, "_begun", late)
    keep("model", {"bb": OPINION})
    assert not looks[0] and set(read_kept("model")) == {"aa", "bb"}


def test_a_home_that_cannot_be_written_is_one_sentence(home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="scores cannot be kept in"):
        keep("model", {"aa": OPINION})
