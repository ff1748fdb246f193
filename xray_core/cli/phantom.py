"""`phantom`: synthetic films as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import print_notice, print_text
from xray_core.errors import ConfigError

if TYPE_CHECKING:
    from xray_core.imaging.phantom import Phantom, PhantomKind


def phantom(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the films.")],
    n: Annotated[int, typer.Option("--n", metavar="N", min=1, help="How many films.")] = 4,
    seed: Annotated[
        int, typer.Option(metavar="S", min=0, help="Seed of the first film; the next has the next.")
    ] = 0,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="K",
            help="normal, lobar, interstitial or peripheral; by default each in turn.",
        ),
    ] = None,
    adult: Annotated[
        bool, typer.Option("--adult", help="Adult proportions instead of a child's.")
    ] = False,
    size: Annotated[int, typer.Option(metavar="PX", help="Side of a film in pixels.")] = 512,
    masks: Annotated[
        bool,
        typer.Option("--masks", help="Also write where each finding is, as PNG, to DIR-masks."),
    ] = False,
) -> None:
    """Draw synthetic chest films, to try things out.

    They show no patient, and each is marked as synthetic in its file. They lie in folders by the
    class that they imitate (NORMAL; BACTERIAL: lobar; VIRAL: interstitial; COVID-19: peripheral),
    so that `evaluate DIR` reads them. The same seed, kind and size give the same film.

    \b
    Examples:
      python -m xray_core phantom --n 8 --seed 1 --out phantoms
      python -m xray_core phantom --n 1 --seed 7 --kind lobar --adult --size 1024 --out one --masks
    """
    from xray_core.imaging.phantom import draw_phantom

    kinds = _kinds(kind)
    for i in range(n):
        drawn = draw_phantom(seed + i, kinds[i % len(kinds)], adult=adult, size=size)
        _write(drawn, out, masks)
    print_text([f"{n:,} synthetic films are in {out}."])
    print_notice()


def _kinds(name: str | None) -> list["PhantomKind"]:
    from xray_core.imaging.phantom import PhantomKind

    if name is None:
        return list(PhantomKind)
    if name.lower() not in list(PhantomKind):
        raise ConfigError(f"kind {name!r} is not one of {', '.join(PhantomKind)}.")
    return [PhantomKind(name.lower())]


def _write(drawn: "Phantom", out: Path, masks: bool) -> None:
    from xray_core.imaging.phantom import phantom_png
    from xray_core.labels import label_name

    age = "adult" if drawn.adult else "child"
    address = Path(label_name(drawn.label)) / f"phantom-{age}-{drawn.kind.value}-{drawn.seed}.png"
    (out / address).parent.mkdir(parents=True, exist_ok=True)
    (out / address).write_bytes(phantom_png(drawn))
    if masks:
        import cv2

        folder = out.resolve()
        path = folder.with_name(f"{folder.name}-masks") / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", drawn.mask.astype("uint8") * 255)[1].tobytes())
