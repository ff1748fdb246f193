import hashlib
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xray_core.datasets.samples import Sample, fetch, samples
from xray_core.errors import DownloadError
from xray_core.imaging.reader import read_radiograph


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Reach this machine directly even where the environment names a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine; gives the folder and its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def served(server, film):
    """Serve one film; gives the sample that is published."""
    folder, address = server
    data = film(1) + bytes(100_000)
    (folder / "film.png").write_bytes(data)
    return Sample("film.png", hashlib.sha256(data).hexdigest(), f"{address}/film.png")


def test_the_registry_lists_four_films_with_address_and_checksum():
    assert [sample.name for sample in samples()] == [
        "00000001_000-Cardiomegaly.png",
        "00000002_000-No-Finding.png",
        "00000047_005.png",
        "00000050_000.png",
    ]
    assert all(len(bytes.fromhex(sample.sha256)) == 32 for sample in samples())
    assert all(sample.url.startswith("https://") for sample in samples())


def test_a_film_is_fetched_verified_and_kept(home, served):
    assert not served.fetched
    path = fetch(served)
    assert path == home / "samples" / "film.png"
    assert served.fetched


def test_progress_grows_to_the_whole_file(home, served):
    seen = []
    path = fetch(served, lambda done, total: seen.append((done, total)))
    size = path.stat().st_size
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)


def test_a_film_that_is_there_needs_no_network(home, served):
    fetch(served)
    assert fetch(Sample(served.name, served.sha256, "http://127.0.0.1:9/film.png")).is_file()


def test_a_film_with_another_checksum_is_refused_and_not_kept(home, served):
    with pytest.raises(DownloadError, match=r"another checksum.*phantoms"):
        fetch(Sample(served.name, "0" * 64, served.url))
    assert list((home / "samples").iterdir()) == []


def test_a_damaged_film_is_fetched_again(home, served):
    path = fetch(served)
    path.write_bytes(b"damaged")
    assert not served.fetched
    assert fetch(served) == path
    assert served.fetched


def test_a_damaged_film_is_not_kept_without_a_network(home, served):
    path = fetch(served)
    path.write_bytes(b"damaged")
    with pytest.raises(DownloadError, match="no connection"):
        fetch(Sample(served.name, served.sha256, "http://127.0.0.1:9/film.png"))
    assert not path.exists()


@pytest.mark.parametrize(
    ("address", "cause"),
    [("{0}/missing.png", "the server answered 404"), ("http://127.0.0.1:9/x", "no connection")],
)
def test_no_film_is_one_sentence_that_offers_the_phantoms(home, server, address, cause):
    sample = Sample("film.png", "0" * 64, address.format(server[1]))
    with pytest.raises(
        DownloadError, match=rf"^film\.png could not be fetched \({cause}\).*phantoms"
    ):
        fetch(sample)


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path, home, served):
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match="could not be fetched"):
        fetch(served)


@pytest.mark.real
def test_real_samples_in_the_cache_are_verified_and_read(home, real_data):
    shutil.copytree(real_data / "pooch_cache", home / "samples")
    for sample in samples():
        path = fetch(sample)
        assert read_radiograph(path.read_bytes(), path.name).sha256 == sample.sha256
