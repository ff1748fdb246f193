"""Large public files: fetched once, resumed where they broke off, verified before they are used."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pooch
import requests

from xray_core.datasets.public_sets import PublicSet
from xray_core.datasets.samples import Progress, cause_of
from xray_core.errors import DownloadError
from xray_core.file_lock import locked

_TIMEOUT_SECONDS = 20
_CHUNK = 2**15
_PARTIAL_CONTENT, _RANGE_NOT_SATISFIABLE = 206, 416


def fetch_set(public: PublicSet, *, accepted: bool, progress: Progress | None = None) -> Path:
    """Return the file of a public set, from the network only where it is not there yet.

    What was fetched before a break stays beside it as `….part`, and the next call goes on from
    there if the server can; if it cannot, or the whole has another checksum, the next call begins
    anew.

    Args:
        public: what to fetch.
        accepted: True where the user has seen and accepted its licence.
        progress: called with the bytes there are and in all; what it raises stops the download,
            which can be resumed.

    Raises:
        DownloadError: the licence is not accepted, the set can be fetched by hand only, another
            page or process is fetching it, there is no network, the server refuses, the checksum
            differs, or the file cannot be written.
    """
    if public.fetched:
        return public.path
    if not public.url:
        raise DownloadError(
            f"{public.name} can be fetched by hand only: download it from {public.page} "
            "and import the archive."
        )
    if not accepted:
        raise DownloadError(
            f"{public.name} is under {public.licence} ({public.licence_url}); it is fetched once "
            "the licence is accepted."
        )
    try:
        public.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(public.path.with_name(f".{public.file}.lock")):
            if not public.fetched:  # it may have come a moment ago
                _fetch(public, progress)
    except BlockingIOError:
        raise DownloadError(
            f"{public.name} is being fetched already, by another page or process; wait until it is "
            "there, then open it."
        ) from None
    except OSError as error:
        _fail(public, f"could not be fetched ({cause_of(error)})")
    return public.path


def _fetch(public: PublicSet, progress: Progress | None) -> None:
    pooch.get_logger().setLevel("WARNING")
    part = public.path.with_name(f"{public.file}.part")
    try:
        public.path.unlink(missing_ok=True)
        pooch.retrieve(
            public.url,
            f"md5:{public.md5}",
            fname=public.file,
            path=public.path.parent,
            downloader=_Resuming(part, public.size, progress),
        )
    except OSError as error:  # requests' own errors are of this kind
        _fail(public, f"could not be fetched ({cause_of(error)})")
    except ValueError:
        part.unlink(missing_ok=True)
        _fail(public, "was fetched with another checksum than the published one and thrown away")


class _Resuming:
    """A downloader for pooch that goes on where the last one stopped.

    Args:
        part: file that holds what there is; it is the whole file's only when all is there.
        size: length of the whole file in bytes.
        progress: see `fetch_set`.
    """

    def __init__(self, part: Path, size: int, progress: Progress | None) -> None:
        self._part, self._size, self._progress = part, size, progress

    def __call__(self, url: str, output_file: str, _pooch: object) -> None:
        """Fetch to `output_file`, which pooch then verifies and moves."""
        have = self._part.stat().st_size if self._part.exists() else 0
        if have < self._size:
            self._fetch(url, have)
        os.replace(self._part, output_file)  # noqa: PTH105 - pooch gives text

    def _fetch(self, url: str, have: int) -> None:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_SECONDS) as answer:
            if answer.status_code == _RANGE_NOT_SATISFIABLE and have:
                self._part.unlink()
                return self._fetch(url, 0)
            answer.raise_for_status()
            resumed = answer.status_code == _PARTIAL_CONTENT
            with self._part.open("ab" if resumed else "wb") as file:
                self._write(answer, file.write, have if resumed else 0)
        return None

    def _write(
        self, answer: requests.Response, write: Callable[[bytes], object], have: int
    ) -> None:
        for chunk in answer.iter_content(_CHUNK):
            have += len(chunk)
            if have > self._size:
                raise ValueError  # not the published file: not one byte more
            write(chunk)
            if self._progress:
                self._progress(have, self._size)
        if have < self._size:
            raise ConnectionResetError(None, "the connection broke off; try again to resume")


def _fail(public: PublicSet, reason: str) -> NoReturn:
    raise DownloadError(
        f"{public.name} {reason}; try again, or download it from {public.page} and import it."
    )
