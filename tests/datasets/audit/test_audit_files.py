"""Files that are no films, classes that are short, and what is remembered."""

import pytest
from audit_films import encoded, picture

from xray_core.datasets.audit import Audit, Verdict, audit, survey, survey_films
from xray_core.datasets.audit.cache import AuditCache
from xray_core.datasets.open import open_dataset
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png


def found(result, check):
    return next(finding for finding in result.findings if finding.check == check)


@pytest.fixture
def films():
    return {
        f"{name}/{name[0]}{i}.png": encoded(picture(i + 9 * k))
        for k, name in enumerate(["NORMAL", "VIRAL"])
        for i in range(4)
    }


@pytest.fixture
def folder(home, films, write_set):
    return write_set(films)


def test_files_that_are_no_films_are_named_with_the_reason(home, films, write_set):
    folder = write_set(
        films
        | {
            "NORMAL/letter.png": b"Dear doctor,",
            "NORMAL/blank.png": encoded(picture(0) * 0 + 128),
            "VIRAL/report.txt": b"clear",
        }
    )
    result = audit(open_dataset(folder))
    unreadable, unsuitable = found(result, "unreadable"), found(result, "unsuitable")
    assert unreadable.films == ("NORMAL/letter.png",)
    assert unreadable.sentence.startswith("1 of 10 files cannot be read; the first: ")
    assert unreadable.verdict is Verdict.SERIOUS
    assert unsuitable.films == ("NORMAL/blank.png",)
    assert "blank or nearly so" in unsuitable.sentence
    assert found(result, "other_files").films == ("VIRAL/report.txt",)


def test_one_bad_file_among_very_many_is_a_warning(home, write_set):
    files = {f"NORMAL/{i:03}.png": encoded(picture(0)) for i in range(120)}
    files["NORMAL/bad.png"] = b"nothing"
    result = audit(open_dataset(write_set(files)))
    assert found(result, "unreadable").verdict is Verdict.WARNING
    assert result.exact_pairs == 120 * 119 // 2


def test_films_without_a_class_are_counted_and_not_guessed(home, films, write_set):
    folder = write_set(films | {"unsorted/x.png": encoded(picture(77))})
    result = audit(open_dataset(folder, labelled=False))
    assert result.classes == {"NORMAL": 4, "VIRAL": 4}
    finding = found(result, "unlabelled")
    assert finding.sentence.startswith("1 of 9 films lie in no folder that is named by a class")
    assert finding.films == ("unsorted/x.png",)


def test_one_class_alone_cannot_be_told_apart(home, write_set):
    result = audit(open_dataset(write_set({"NORMAL/a.png": encoded(picture(1))})))
    assert found(result, "imbalance").sentence == (
        "All films are NORMAL; two classes are needed to tell apart."
    )
    assert result.verdict is Verdict.SERIOUS


@pytest.mark.parametrize(("times", "verdict"), [(2, "fine"), (4, "warning"), (11, "serious")])
def test_imbalance_is_judged_by_the_ratio(home, write_set, times, verdict):
    files = {f"NORMAL/n{i}.png": encoded(picture(i)) for i in range(times)}
    files["VIRAL/v.png"] = encoded(picture(99))
    finding = found(audit(open_dataset(write_set(files))), "imbalance")
    assert finding.verdict == verdict
    assert f"NORMAL has {times}.0 times as many films as VIRAL ({times} and 1)." in finding.sentence


def test_too_little_data_and_a_split_without_a_class_are_said(home, write_set):
    files = {f"train/NORMAL/n{i}.png": encoded(picture(i)) for i in range(12)}
    files |= {f"test/VIRAL/v{i}.png": encoded(picture(40 + i)) for i in range(12)}
    result = audit(open_dataset(write_set(files)))
    assert found(result, "little_data").verdict is Verdict.SERIOUS
    assert "NORMAL (12) and VIRAL (12)" in found(result, "little_data").sentence
    assert "test has 0 patients of NORMAL" in found(result, "splits_lacking").sentence
    assert result.splits == {"test": 12, "train": 12}


def test_a_set_of_nothing_but_bad_files_is_audited_all_the_same(home, write_set):
    result = audit(open_dataset(write_set({"NORMAL/a.png": b"x", "VIRAL/b.png": b"y"})))
    assert result.verdict is Verdict.SERIOUS
    assert found(result, "unreadable").sentence.startswith("All 2 files cannot be read")
    assert found(result, "little_data").sentence == "No class has a film that can be read."


def test_phantoms_are_called_phantoms(home, write_set):
    data = phantom_png(draw_phantom(1, PhantomKind.NORMAL, size=96))
    result = audit(open_dataset(write_set({"NORMAL/p.png": data})))
    assert "All 1 films are drawn phantoms" in found(result, "synthetic").sentence


def test_an_audit_survives_json_and_its_summary_has_the_promised_keys(folder):
    result = audit(open_dataset(folder))
    assert Audit.model_validate_json(result.model_dump_json()) == result
    promised = "classes splits patients duplicates leaks confounding verdict findings"
    assert list(result.summary()) == promised.split()


def test_the_same_films_are_decoded_once_and_the_same_set_is_judged_once(folder, monkeypatch):
    first = audit(open_dataset(folder))
    monkeypatch.setattr(survey, "measure_film", None)
    monkeypatch.setattr("xray_core.datasets.audit.run.find_duplicates", None)
    assert audit(open_dataset(folder)) == first
    assert audit(open_dataset(folder, hashed=False)) == first


def test_a_film_that_changed_is_measured_again(folder):
    audit(open_dataset(folder))
    (folder / "NORMAL" / "N0.png").write_bytes(encoded(picture(500)))
    assert survey_films(open_dataset(folder)).facts["mean"].iloc[0] == pytest.approx(
        picture(500).mean() / 255, abs=1e-3
    )


def test_a_home_that_cannot_be_written_only_costs_time(films, write_set, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", "/dev/null")
    from xray_core.settings import settings

    settings.cache_clear()
    try:
        assert audit(open_dataset(write_set(films))).films == 8
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_damaged_cache_only_costs_time(folder, home):
    first = audit(open_dataset(folder))
    (home / "cache" / "audit.sqlite").write_bytes(b"no data base" * 1000)
    assert audit(open_dataset(folder)).findings == first.findings


def test_progress_names_each_step_and_counts_to_the_end(folder):
    seen = []
    audit(open_dataset(folder), lambda *step: seen.append(step))
    assert list(dict.fromkeys(what for what, _, _ in seen))[:2] == [
        "Reading films",
        "Comparing films",
    ]
    assert ("Reading films", 8, 8) in seen


def test_what_progress_raises_ends_the_audit_and_keeps_what_was_read(folder, monkeypatch):
    class Cancelled(Exception):
        pass

    def cancel(what, done, total):
        if what == "Comparing films":
            raise Cancelled

    dataset = open_dataset(folder)
    with pytest.raises(Cancelled):
        audit(dataset, cancel)
    cache = AuditCache()
    assert len(cache.films(dataset.table["sha256"].tolist())) == 8
    cache.close()


def test_the_mean_film_of_a_class_is_the_mean_of_its_films(folder):
    means = survey_films(open_dataset(folder)).means
    assert set(means) == {"NORMAL", "VIRAL"}
    whole = sum(picture(i).mean() for i in range(4)) / 4 / 255
    assert means["NORMAL"].shape == (112, 112)
    assert means["NORMAL"].mean() == pytest.approx(whole, abs=2e-3)
