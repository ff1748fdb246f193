"""Public sample films, fetched on demand and verified by SHA-256."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import pooch

from xray_core.errors import DownloadError
from xray_core.settings import settings

Progress = Callable[[int, int], None]
"""Called with the bytes so far and in all; in all is 0 where the server does not say."""

_REGISTRY = Path(__file__).with_name("samples_registry.txt")
_TIMEOUT_SECONDS = 10
_CHUNK = 2**15


@dataclass(frozen=True)
class Sample:
    """One public film.

    Attributes:
        name: file name.
        sha256: hexadecimal SHA-256 of the file.
        url: its address.
    """

    name: str
    sha256: str
    url: str

    @property
    def path(self) -> Path:
        """Where it is kept once fetched."""
        return settings().home / "samples" / self.name

    @property
    def fetched(self) -> bool:
        """Whether it is there with the published checksum."""
        return self.path.is_file() and pooch.file_hash(str(self.path)) == self.sha256


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Return the public samples, in the order of the registry."""
    lines = _REGISTRY.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return tuple(Sample(name, sha.removeprefix("sha256:"), url) for name, sha, url in rows)


def fetch(sample: Sample, progress: Progress | None = None) -> Path:
    """Return the path of a film, from the network only where it is not there yet.

    Args:
        sample: what to fetch.
        progress: called as the bytes arrive.

    Returns:
        The file, which has the published checksum.

    Raises:
        DownloadError: there is no network, the server refuses, the file has another checksum or
            cannot be written; no file is left then.
    """
    if sample.fetched:
        return sample.path
    pooch.get_logger().setLevel("WARNING")
    bar = _Bar(progress) if progress else False
    downloader = pooch.HTTPDownloader(bar, chunk_size=_CHUNK, timeout=_TIMEOUT_SECONDS)
    try:
        sample.path.unlink(missing_ok=True)
        pooch.retrieve(
            sample.url,
            f"sha256:{sample.sha256}",
            fname=sample.name,
            path=sample.path.parent,
            downloader=downloader,
        )
    except OSError as error:  # requests' own errors are of this kind
        _fail(sample, f"could not be fetched ({cause_of(error)})")
    except ValueError:
        _fail(sample, "was fetched with another checksum than the published one and thrown away")
    return sample.path


class _Bar:
    """What pooch takes for a progress bar, passed on to a callback."""

    def __init__(self, progress: Progress) -> None:
        self.total = 0
        self._done = 0
        self._progress = progress

    def update(self, count: int) -> None:
        self._done += count
        # Pooch counts whole chunks, the last one too.
        self._progress(min(self._done, self.total) if self.total else self._done, self.total)

    def reset(self) -> None:
        """Pooch resets only to fill the bar at once, which `update` does without."""

    def close(self) -> None:
        """Nothing is held."""


def _fail(sample: Sample, reason: str) -> NoReturn:
    raise DownloadError(
        f"{sample.name} {reason}; the phantoms need no network and can be used instead."
    )


def cause_of(error: OSError) -> str:
    """Say what went wrong in words; the libraries' own messages are pages of addresses."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    if error.strerror:
        return error.strerror.lower()
    return "timed out" if "timeout" in type(error).__name__.lower() else "no connection"
