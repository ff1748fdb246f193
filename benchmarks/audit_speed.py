"""The audit of 5,000 films, beside reading each film anew for every question that it answers.

Draws 5,000 different films of 224 px (40 phantoms with noise and shifts, as JPEG) in a fresh home,
audits them once from nothing and once more, and times the plain way on 250 of them: Pillow opens
the file anew for each of the eight things that are measured. Prints wall seconds, processor seconds
of this process and its decoders, and the films a second of each.

    python benchmarks/audit_speed.py [number of films]
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np
from PIL import Image

FILMS, PLAIN, SIDE = 5_000, 250, 224


def main() -> None:
    films = int(sys.argv[1]) if len(sys.argv) > 1 else FILMS
    with tempfile.TemporaryDirectory() as home:
        os.environ["XRAY_HOME"] = home
        from xray_core.datasets.audit import audit
        from xray_core.datasets.open import open_dataset
        from xray_core.imaging.guard import PROCESSES

        root = Path(home) / "films"
        write_films(root, films)
        print(f"{films:,} films of {SIDE} px, {PROCESSES} decoders, {os.cpu_count()} cores")
        first = timed("audit, nothing known", films, lambda: audit(open_dataset(root)))
        again = timed("the same audit again", films, lambda: audit(open_dataset(root)))
        plain = min(PLAIN, films)
        slow = timed("eight readings a film", plain, lambda: plain_way(root, plain))
        print(f"  a film costs {slow / plain / (first / films):.1f} times as much the plain way")
        print(f"  the second audit takes {again / first:.0%} of the first")


def write_films(root: Path, count: int) -> None:
    """Write films of two classes, every one with bytes of its own."""
    from xray_core.imaging.phantom import PhantomKind, draw_phantom

    kinds = (PhantomKind.NORMAL, PhantomKind.LOBAR)
    masters = [
        cv2.convertScaleAbs(draw_phantom(i, kinds[i % 2], size=SIDE).pixels, alpha=255)
        for i in range(40)
    ]
    rng = np.random.default_rng(0)
    for i in range(count):
        noise = rng.normal(0, 6, (SIDE, SIDE))
        moved = np.roll(masters[i % 40], rng.integers(-12, 13, 2), (0, 1))
        path = root / ("NORMAL", "BACTERIAL")[i % 2] / f"patient{i}_1.jpeg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.clip(moved + noise, 0, 255).astype(np.uint8))


def plain_way(root: Path, count: int) -> None:
    """Answer each question by opening the film again, one film after another."""
    from xray_core.datasets.hashing import perceptual_hash

    def opened(path: Path) -> np.ndarray:
        return np.asarray(Image.open(path).convert("L"), np.float32) / 255

    questions = (
        lambda p: p.shape,
        lambda p: (p.mean(), p.std()),
        perceptual_hash,
        lambda p: cv2.Laplacian(p, cv2.CV_32F).std(),
        lambda p: cv2.resize(p, (56, 56), interpolation=cv2.INTER_AREA),
        lambda p: cv2.resize(p, (16, 16), interpolation=cv2.INTER_AREA),
        lambda p: cv2.morphologyEx(p, cv2.MORPH_TOPHAT, np.ones((9, 9))),
        lambda p: np.percentile(p, (2, 98)),
    )
    for path in sorted(root.rglob("*.jpeg"))[:count]:
        for question in questions:
            question(opened(path))


def timed(what: str, films: int, work: object) -> float:
    """Run it once, print what it took and return the wall seconds."""
    wall, processor = time.perf_counter(), _processor()
    work()  # type: ignore[operator]
    wall, processor = time.perf_counter() - wall, _processor() - processor
    speed = f"{films / wall:7.0f} films/s"
    print(f"  {wall:7.1f} s wall  {processor:7.1f} s of processors  {speed}  {what}")
    return wall


def _processor() -> float:
    """Return the processor seconds of this process and of the decoders it has running."""
    import psutil

    mine = psutil.Process()
    every = [mine, *mine.children(recursive=True)]
    return sum(sum(p.cpu_times()[:2]) for p in every)


if __name__ == "__main__":
    main()
