"""A large public file: licence first, resumed where it broke off, verified, or not there at all."""

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from xray_core.datasets.downloads import fetch_set
from xray_core.datasets.importing import imported_sets
from xray_core.datasets.open import open_dataset
from xray_core.datasets.public_sets import PUBLIC_SETS, PublicSet, public_set
from xray_core.errors import DownloadError


class _Server(ThreadingHTTPServer):
    """Serves one file, and remembers what was asked for."""

    content = b""
    breaks_after: int | None = None
    ranges = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server: _Server = self.server
        server.asked.append(self.headers["Range"])
        start = 0
        if self.headers["Range"] and server.ranges:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(server.content):
                self.send_error(416)
                return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.breaks_after])

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server(tmp_path):
    """A server of a small file of the form of PneumoniaMNIST."""
    rng = np.random.default_rng(0)
    arrays = {
        name: array
        for split, n in (("train", 40), ("val", 4), ("test", 4))
        for name, array in (
            (f"{split}_images", rng.integers(0, 255, (n, 96, 96)).astype(np.uint8)),
            (f"{split}_labels", (np.arange(n) % 2)[:, None].astype(np.uint8)),
        )
    }
    np.savez(tmp_path / "small.npz", **arrays)
    with _Server() as server:
        server.content = (tmp_path / "small.npz").read_bytes()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def public(server):
    return PublicSet(
        name="small",
        title="A small set",
        page="http://example.org/small",
        licence="CC BY 4.0",
        licence_url="http://example.org/by",
        cite="Nobody 2020",
        url=f"http://127.0.0.1:{server.server_port}/small.npz",
        file="small.npz",
        size=len(server.content),
        md5=hashlib.md5(server.content).hexdigest(),
    )


def test_a_set_is_fetched_verified_and_opened(home, public, server):
    seen = []
    path = fetch_set(public, accepted=True, progress=lambda *step: seen.append(step))
    assert path == home / "datasets" / "small.npz"
    assert seen == sorted(seen) and seen[-1] == (public.size, public.size)
    assert open_dataset(path).table["split"].value_counts().to_dict() == {
        "train": 40,
        "val": 4,
        "test": 4,
    }
    assert fetch_set(public, accepted=False) == path
    assert len(server.asked) == 1
    assert [p.name for p in path.parent.iterdir() if p.suffix != ".lock"] == ["small.npz"]
    assert imported_sets() == [path]


def test_nothing_is_fetched_before_the_licence_is_accepted(home, public, server):
    with pytest.raises(
        DownloadError, match=r"small is under CC BY 4\.0 \(http://example\.org/by\)"
    ):
        fetch_set(public, accepted=False)
    assert server.asked == []


def test_a_download_that_broke_off_goes_on_where_it_stopped(home, public, server):
    server.breaks_after = 100_000
    with pytest.raises(DownloadError, match=r"^small could not be fetched .*try again"):
        fetch_set(public, accepted=True)
    have = (home / "datasets" / "small.npz.part").stat().st_size
    assert 0 < have < public.size and not public.fetched
    server.breaks_after = None
    seen = []
    path = fetch_set(public, accepted=True, progress=lambda *step: seen.append(step))
    assert server.asked == [None, f"bytes={have}-"]
    assert seen[0][0] > have
    assert path.read_bytes() == server.content


def test_a_set_that_is_being_fetched_already_is_not_written_by_two(home, public, server):
    refused = []

    def meanwhile(done, total):
        if not refused:
            with pytest.raises(DownloadError, match="is being fetched already, by another") as told:
                fetch_set(public, accepted=True)
            refused.append(told)

    path = fetch_set(public, accepted=True, progress=meanwhile)
    assert refused and path.read_bytes() == server.content
    assert len(server.asked) == 1


def test_a_server_that_cannot_resume_is_begun_anew(home, public, server):
    server.breaks_after = 100_000
    with pytest.raises(DownloadError):
        fetch_set(public, accepted=True)
    server.breaks_after, server.ranges = None, False
    assert fetch_set(public, accepted=True).read_bytes() == server.content


def test_what_progress_raises_stops_it_and_the_next_call_resumes(home, public, server):
    class Cancelled(Exception):
        pass

    def cancel(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch_set(public, accepted=True, progress=cancel)
    assert fetch_set(public, accepted=True).is_file()
    assert server.asked[1] is not None


@pytest.mark.parametrize("change", ["other", "longer", "shorter"])
def test_a_file_that_is_not_the_published_one_is_thrown_away(home, public, server, change):
    whole = server.content
    server.content = {
        "other": bytes(len(whole)), "longer": whole + b"more", "shorter": whole[:-9],
    }[change]  # fmt: skip
    with pytest.raises(DownloadError, match=r"another checksum|could not be fetched"):
        fetch_set(public, accepted=True)
    assert not public.path.exists()
    server.content = whole
    assert fetch_set(public, accepted=True).read_bytes() == whole


def test_no_connection_is_one_sentence(home, public):
    away = replace(public, url="http://127.0.0.1:9/small.npz")
    with pytest.raises(DownloadError, match=r"could not be fetched \(no connection\); try again"):
        fetch_set(away, accepted=True)


def test_the_published_facts_of_pneumoniamnist(home):
    known = public_set("pneumoniamnist_224.npz")
    assert known is public_set("pneumoniamnist") is PUBLIC_SETS[0]
    assert (known.size, known.md5) == (214_384_716, "d6a3c71de1b945ea11211b03746c1fe1")
    assert known.url.startswith("https://zenodo.org/records/10519652/files/pneumoniamnist_224.npz")


def test_every_public_set_names_licence_source_and_citation(home):
    for known in PUBLIC_SETS:
        assert known.licence and known.cite
        assert known.page.startswith("https://") and known.licence_url.startswith("https://")
        assert not known.fetched
