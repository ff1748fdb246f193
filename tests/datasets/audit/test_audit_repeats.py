"""Duplicates, contradictions and leaks are found, and named."""

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from audit_films import encoded, picture
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from xray_core.datasets.audit import Verdict, audit, duplicates
from xray_core.datasets.audit.measure import State
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.joined import join_datasets
from xray_core.datasets.open import open_dataset
from xray_core.datasets.stores import FolderStore


def found(result, check):
    return next(finding for finding in result.findings if finding.check == check)


@pytest.fixture
def faulty(home, write_set):
    """Six good films, and every kind of repetition once."""
    same, again = picture(10), cv2.resize(picture(11), (80, 80), interpolation=cv2.INTER_AREA)
    files = {f"train/NORMAL/n{i}.png": encoded(picture(i)) for i in range(3)}
    files |= {f"test/PNEUMONIA/p{i}.png": encoded(picture(20 + i)) for i in range(3)}
    files |= {
        "train/NORMAL/same.png": encoded(same),
        "train/NORMAL/same-again.png": encoded(same),
        "test/PNEUMONIA/same.png": encoded(same),
        "train/NORMAL/patient7_1.png": encoded(picture(11)),
        "test/NORMAL/patient7_2.png": encoded(again),
    }
    return audit(open_dataset(write_set(files)))


def test_exact_duplicates_are_counted_as_groups_and_pairs(faulty):
    assert (faulty.exact_groups, faulty.exact_pairs) == (1, 3)
    finding = found(faulty, "exact_duplicates")
    assert finding.verdict is Verdict.WARNING
    assert finding.sentence.startswith("3 pairs of files in 1 group are equal byte for byte")
    assert "train/NORMAL/same-again.png" in finding.films


def test_a_film_saved_again_is_a_near_duplicate(faulty):
    assert faulty.near_pairs == 1
    (pair,) = [pair for pair in faulty.pairs if not pair.exact]
    assert (pair.first, pair.second) == (
        "test/NORMAL/patient7_2.png",
        "train/NORMAL/patient7_1.png",
    )
    assert pair.across_splits and not pair.conflicting


def test_duplicates_across_splits_and_with_contradicting_labels_are_serious(faulty):
    across, conflicts = (
        found(faulty, check) for check in ("duplicates_across_splits", "conflicting_labels")
    )
    assert across.sentence.startswith("3 pairs") and conflicts.sentence.startswith("2 pairs")
    assert across.verdict is conflicts.verdict is faulty.verdict is Verdict.SERIOUS


def test_an_equal_film_in_no_split_is_a_duplicate_and_no_leak(home, write_set):
    files = {f"one/train/NORMAL/n{i}.png": encoded(picture(i)) for i in range(3)}
    files |= {"one/test/VIRAL/v.png": encoded(picture(9))}
    files |= {"two/NORMAL/again.png": encoded(picture(1))}
    root = write_set(files)
    result = audit(join_datasets([open_dataset(root / name) for name in ("one", "two")]))
    (pair,) = result.pairs
    assert pair.exact and not pair.across_splits
    assert found(result, "exact_duplicates").verdict is Verdict.WARNING
    assert found(result, "duplicates_across_splits").verdict is Verdict.FINE


def test_a_patient_in_two_splits_is_named(faulty):
    assert faulty.leaks == ("films/patient-7",)
    finding = found(faulty, "patients_in_two_splits")
    assert finding.verdict is Verdict.SERIOUS
    assert finding.sentence.startswith("1 patient has films in more than one split, such as films/")


def test_different_films_are_no_duplicates(home, write_set):
    files = {f"{c}/{c}{i}.png": encoded(picture(i)) for i in range(40) for c in ["NORMAL"]}
    result = audit(open_dataset(write_set(files)))
    assert (result.exact_pairs, result.near_pairs, result.leaks) == (0, 0, ())
    for check in ("exact_duplicates", "near_duplicates", "conflicting_labels"):
        assert found(result, check).verdict is Verdict.FINE


@pytest.mark.parametrize("quality", [30, 90])
def test_a_film_compressed_again_is_found_whatever_the_quality(home, write_set, quality):
    grey = picture(5)
    lossy = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    files = {"NORMAL/a.png": encoded(grey), "NORMAL/b.jpg": lossy}
    assert audit(open_dataset(write_set(files))).near_pairs == 1


def test_a_partial_label_contradicts_none_that_it_allows(home, write_set):
    film = encoded(picture(1))
    files = {"PNEUMONIA/a.png": film, "VIRAL/b.png": film, "NORMAL/c.png": encoded(picture(2))}
    result = audit(open_dataset(write_set(files)))
    assert result.exact_pairs == 1
    assert found(result, "conflicting_labels").verdict is Verdict.FINE


def test_findings_come_worst_first(faulty):
    order = [list(Verdict).index(finding.verdict) for finding in faulty.findings]
    assert order == sorted(order, reverse=True)


def test_many_harmless_pairs_hide_none_that_is_serious(home, write_set, monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_LISTED", 3)
    files = {f"train/NORMAL/a{i}.png": encoded(picture(1)) for i in range(5)}
    files |= {f"{split}/NORMAL/leak.png": encoded(picture(2)) for split in ("train", "test")}
    files |= {f"train/{c}/torn.png": encoded(picture(3)) for c in ("NORMAL", "VIRAL")}
    for i in range(4):  # near ones: four in one split, and one of them in the other too
        again = cv2.resize(picture(4), (80 + 4 * i, 80 + 4 * i), interpolation=cv2.INTER_AREA)
        files[f"train/NORMAL/b{i}.png"] = encoded(again)
    files["test/NORMAL/c.png"] = encoded(picture(4))
    result = audit(open_dataset(write_set(files)))
    assert (result.exact_pairs, result.near_pairs) == (12, 10)
    assert sum(pair.exact for pair in result.pairs) == len(result.pairs) - 3 == 3
    across, conflicts = (
        found(result, check) for check in ("duplicates_across_splits", "conflicting_labels")
    )
    assert across.verdict is conflicts.verdict is Verdict.SERIOUS
    assert across.sentence.startswith("5 pairs of") and conflicts.sentence.startswith("1 pair of")
    assert {"train/NORMAL/leak.png", "test/NORMAL/leak.png"} <= set(across.films)
    assert set(conflicts.films) == {"train/NORMAL/torn.png", "train/VIRAL/torn.png"}


@hypothesis_settings(deadline=None, max_examples=60)
@given(
    films=st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["", "train", "test"]),
            st.sampled_from(["", "NORMAL", "PNEUMONIA", "VIRAL", "COVID-19"]),
        ),
        min_size=1,
        max_size=12,
    ),
    most=st.integers(1, 70),
)
def test_equal_files_are_judged_as_pair_by_pair(films, most):
    """Each film is a hash, a split and a label."""
    columns = pd.DataFrame(films, columns=["sha256", "split", "label"])
    table = columns.assign(path=[f"{i:02}.png" for i in range(len(films))], phash="")
    dataset = Dataset(table, FolderStore(Path()))
    state = pd.DataFrame({"state": [State.UNREADABLE] * len(films)})  # compared by hash alone
    black, none = np.zeros((len(films), 56, 56), np.uint8), np.zeros((len(films), 0), np.float32)
    labels = dataset.labels()
    pairs = {
        (i, j): (
            bool(films[i][1] and films[j][1] and films[i][1] != films[j][1]),
            bool(labels[i] and labels[j] and not labels[i] & labels[j]),
        )
        for i, j in combinations(range(len(films)), 2)
        if films[i][0] == films[j][0]
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "MOST_LISTED", most)
        made = duplicates.find_duplicates(Survey(dataset, state, black, none, {}))
    assert (made.exact, made.across, made.conflicting) == (
        len(pairs),
        sum(across for across, _ in pairs.values()),
        sum(conflicting for _, conflicting in pairs.values()),
    )
    said = {
        (int(pair.first[:2]), int(pair.second[:2])): (pair.across_splits, pair.conflicting)
        for pair in made.pairs
    }
    assert len(said) == len(made.pairs) == min(most, len(pairs))
    assert said.items() <= pairs.items()
    faulty = sum(any(fault) for fault in pairs.values())
    assert sum(any(fault) for fault in said.values()) == min(most, faulty)
