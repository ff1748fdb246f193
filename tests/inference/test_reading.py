"""From bytes or a path to an opinion or a reason; nothing is raised."""

import hashlib
import os
from dataclasses import replace

import pytest

from xray_core.inference import Status, read_film, read_path
from xray_core.settings import settings


def test_a_film_is_read_and_judged(tiny_classifier, phantom_file):
    data = phantom_file("lobar").read_bytes()
    reading = read_film(tiny_classifier, data, "lobar.png")
    assert reading.film is not None
    assert reading.film.synthetic
    assert reading.prediction.status is Status.OK
    expected = tiny_classifier.predict(reading.film)
    assert reading.prediction == replace(expected, seconds=reading.prediction.seconds)


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_bytes_that_are_no_film_are_an_error_with_one_reason(tiny_classifier, data):
    reading = read_film(tiny_classifier, data, "folder/some.png")
    assert reading.film is None
    prediction = reading.prediction
    assert prediction.status is Status.ERROR
    assert prediction.source == "some.png"
    assert prediction.sha256 == hashlib.sha256(data).hexdigest()
    assert len(prediction.reasons) == 1
    assert prediction.to_json()["decision"] is None


def test_a_path_is_named_as_it_was_given(tiny_classifier, phantom_file, tmp_path):
    path = phantom_file("normal")
    assert read_path(tiny_classifier, path).prediction.source == str(path)
    missing = read_path(tiny_classifier, tmp_path / "missing.png").prediction
    assert (missing.status, missing.sha256) == (Status.ERROR, "")
    assert missing.reasons == ("there is no such file.",)
    folder = read_path(tiny_classifier, tmp_path).prediction
    assert folder.reasons == ("this is a folder; allowed is a film's file.",)


def test_a_pipe_is_not_waited_for(tiny_classifier, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    prediction = read_path(tiny_classifier, tmp_path / "pipe.png").prediction
    assert prediction.status is Status.ERROR
    assert "pipe or a device" in prediction.reasons[0]


def test_a_file_over_the_limit_is_not_read_to_its_end(tiny_classifier, home, tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "1MiB")
    settings.cache_clear()
    (tmp_path / "big.png").write_bytes(b"\0" * (2**20 + 1))
    prediction = read_path(tiny_classifier, tmp_path / "big.png").prediction
    assert prediction.reasons == ("this file has more than the 1 MB that are allowed.",)
    assert prediction.sha256 == ""
