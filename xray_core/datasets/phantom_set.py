"""A data set of phantoms, to try everything out with no film at hand."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from xray_core.errors import DatasetError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.labels import label_name
from xray_core.settings import settings


def draw_phantom_set(
    films: int,
    side: int = 160,
    progress: Callable[[int, int], None] | None = None,
    *,
    first: int = 0,
) -> Path:
    """Draw phantoms to `XRAY_HOME/datasets/phantoms-FILMS`, a quarter of each kind.

    They appear there once all are drawn, in place of the phantoms that were there before.

    Args:
        films: how many.
        side: in pixels.
        progress: called with the films drawn and in all; what it raises stops the drawing, and
            nothing of it stays.
        first: seed of the first film; the next has the next.

    Returns:
        The folder, with one folder for each class in it.

    Raises:
        DatasetError: they cannot be written.
    """
    root = settings().home / "datasets" / f"phantoms-{films}"
    kinds = list(PhantomKind)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".drawing-", dir=root.parent) as work:
            for i in range(films):
                phantom = draw_phantom(first + i, kinds[i % 4], adult=bool(i // 4 % 2), size=side)
                folder = Path(work) / label_name(phantom.label)
                folder.mkdir(exist_ok=True)
                name = f"phantom-{phantom.kind.value}-{first + i}.png"
                (folder / name).write_bytes(phantom_png(phantom))
                if progress:
                    progress(i + 1, films)
            _publish(Path(work), root)
    except OSError as error:
        raise DatasetError(
            f"phantoms cannot be written to {root} ({error.strerror}); XRAY_HOME must name a "
            "folder that can be written to."
        ) from None
    return root


def _publish(drawn: Path, root: Path) -> None:
    """Move phantoms to their folder; of what is there only other phantoms go."""
    for former in root.glob("*/phantom-*.png"):
        former.unlink()
    for film in sorted(drawn.glob("*/*.png")):
        target = root / film.relative_to(drawn)
        target.parent.mkdir(parents=True, exist_ok=True)
        film.replace(target)
