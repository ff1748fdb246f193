"""Films that cannot be decoded: a few are left out of a training, many end it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from xray_core.datasets.dataset import Dataset
from xray_core.errors import FilmError

UNDECODED = "undecoded"
"""Key in `training` of a bundle's manifest: films left out by role, where there are any."""
SHARE = 0.01
"""Of the films of a data set; with more of them something is wrong with the set itself."""


class Undecoded:
    """Counts the films of a run that cannot be decoded, by data set.

    Args:
        films: of all roles, each once.
    """

    def __init__(self, films: Sequence[Dataset]) -> None:
        total = Counter[str]()
        for dataset in films:
            total.update(str(source) for source in dataset.table["source"])
        self._allowed = {source: int(SHARE * count) for source, count in total.items()}
        self._found: dict[str, dict[str, str]] = {}

    def add(self, source: str, path: str, error: FilmError) -> None:
        """Count a film; one that was counted before is not counted again.

        Raises:
            FilmError: it is one too many for its data set.
        """
        found = self._found.setdefault(source, {})
        found[path] = error.reason
        if len(found) > self._allowed.get(source, 0):
            raise error

    def in_words(self) -> list[str]:
        """Return a sentence for each data set that has any, naming the first film."""
        return [_sentence(source, found) for source, found in sorted(self._found.items())]


def _sentence(source: str, found: Mapping[str, str]) -> str:
    path, reason = min(found.items())
    if len(found) == 1:
        return f"1 film of {source!r} cannot be decoded and is left out: {path}: {reason}"
    return (
        f"{len(found)} films of {source!r} cannot be decoded and are left out; the first is "
        f"{path}: {reason}"
    )
