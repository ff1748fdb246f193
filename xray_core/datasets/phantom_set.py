"""A data set of phantoms, to try everything out with no film at hand."""

from collections.abc import Callable
from pathlib import Path

from xray_core.errors import DatasetError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.labels import label_name
from xray_core.settings import settings


def draw_phantom_set(
    films: int, side: int = 160, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Draw phantoms to `XRAY_HOME/datasets/phantoms`, a quarter of each kind; return the folder.

    Args:
        films: how many; film i is drawn from the seed i.
        side: in pixels.
        progress: called with the films drawn and in all.

    Raises:
        DatasetError: they cannot be written.
    """
    root = settings().home / "datasets" / "phantoms"
    kinds = list(PhantomKind)
    for i in range(films):
        phantom = draw_phantom(i, kinds[i % 4], adult=bool(i // 4 % 2), size=side)
        path = root / label_name(phantom.label) / f"phantom-{phantom.kind.value}-{i}.png"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(phantom_png(phantom))
        except OSError as error:
            raise DatasetError(
                f"phantoms cannot be written to {root} ({error.strerror}); XRAY_HOME must name a "
                "folder that can be written to."
            ) from None
        if progress:
            progress(i + 1, films)
    return root
