"""Augmented training films per second: ours, beside loading and augmenting each film in Python.

All in one run, on drawn films saved as JPEG in the size of real ones. Beside it stand Keras'
`ImageDataGenerator`, which the public pneumonia notebooks use (PIL and SciPy, film by film), and
the quickest plain way, OpenCV film by film. Ours decodes once, keeps canvases and augments in
batches by two threads; what the one decoding costs is printed too. Then how long a training waits
for its input.

    python benchmarks/training_pipeline.py [FILMS]
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np
import tensorflow as tf

from xray_core.datasets.open import open_dataset
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.networks.registry import network
from xray_core.training.batches import QUEUE, WORKERS, EpochBatches
from xray_core.training.config import Augmentation, TrainingConfig
from xray_core.training.films import TRAIN, FilmSet, load_films
from xray_core.training.loss import PartialLabelLoss
from xray_core.training.quick_layers.swap import quick_layers
from xray_core.training.suggest import suggest_config

SIDE = 1200
"""Pixels a side of the films on disk: the median of Kermany 2018 is 1328 × 1000."""
SIZE, BATCH, ROUNDS = 128, 32, 3
STEPS = 3 * QUEUE
"""Of the training that may wait: more than the batches that are ahead when it begins."""
FOLDERS = {PhantomKind.NORMAL: "NORMAL", PhantomKind.LOBAR: "BACTERIAL"}
CHANGES = Augmentation(mixup=0, cutout=0, frame=0, blur=0)
"""What `ImageDataGenerator` can do too, so that the same is compared; then all that we do."""


def write_films(root: Path, count: int) -> None:
    for i in range(count):
        kind = list(FOLDERS)[i % 2]
        folder = root / FOLDERS[kind]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = cv2.resize(draw_phantom(i, kind, size=384).pixels, (SIDE, SIDE))
        cv2.imwrite(str(folder / f"film-{i}.jpg"), np.rint(pixels * 255).astype(np.uint8))


def generator(root: Path) -> Iterator[Any]:
    """The way of the notebooks: `flow_from_directory` of Keras."""
    changes = tf.keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=CHANGES.rotation,
        width_shift_range=CHANGES.shift,
        height_shift_range=CHANGES.shift,
        shear_range=CHANGES.shear,
        zoom_range=CHANGES.zoom,
        horizontal_flip=True,
        brightness_range=(0.8, 1.2),
    )
    return changes.flow_from_directory(  # type: ignore[no-any-return]
        root, (SIZE, SIZE), color_mode="grayscale", batch_size=BATCH
    )


def plain(root: Path) -> Iterator[Any]:
    """OpenCV, film by film: read, shrink, one affine map, one grey scale."""
    files, rng = sorted(root.rglob("*.jpg")), np.random.default_rng(0)
    while True:
        films = []
        for i in rng.integers(0, len(files), BATCH):
            film = cv2.imread(str(files[i]), cv2.IMREAD_GRAYSCALE)
            film = cv2.resize(film, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
            angle = rng.uniform(-CHANGES.rotation, CHANGES.rotation)
            scale = np.exp(rng.uniform(-CHANGES.zoom, CHANGES.zoom))
            matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), angle, scale)
            matrix[:, 2] += rng.uniform(-CHANGES.shift, CHANGES.shift, 2) * SIZE
            film = cv2.warpAffine(film, matrix, (SIZE, SIZE))
            film = film[:, ::-1] if rng.random() < 0.5 else film
            films.append(np.clip(film / 255 * rng.uniform(0.8, 1.2), 0, 1).astype(np.float32))
        yield np.stack(films)[..., None]


def ours(films: FilmSet, config: TrainingConfig) -> Iterator[Any]:
    """Batches as a training gets them: made by threads, a few ahead, in their order."""
    batches = EpochBatches(films, config, epoch=0)
    with ThreadPoolExecutor(WORKERS) as pool:
        ahead = [pool.submit(batches.__getitem__, i) for i in range(min(QUEUE, len(batches)))]
        for i in range(len(batches)):
            yield ahead.pop(0).result()
            if i + QUEUE < len(batches):
                ahead.append(pool.submit(batches.__getitem__, i + QUEUE))


def films_per_second(batches: Callable[[], Iterator[Any]], count: int) -> float:
    """Return the most of a few rounds: whatever else the machine does only makes it slower."""
    best = 0.0
    for _ in range(ROUNDS):
        source = batches()
        next(source)
        started = time.perf_counter()
        taken = sum(1 for _ in islice(source, count))
        best = max(best, taken * BATCH / (time.perf_counter() - started))
    return best


def waiting(films: FilmSet, config: TrainingConfig) -> tuple[float, float]:
    """Return the share of a training's time in which the network waits, and its films a second."""
    model = network(config.network).build(config.size, 4)
    model.compile("adam", PartialLabelLoss())
    source = ours(films, config)
    with quick_layers(model):
        model.train_on_batch(*next(source))
        waited, started = 0.0, time.perf_counter()
        for _ in range(STEPS):
            asked = time.perf_counter()
            batch = next(source)
            waited += time.perf_counter() - asked
            model.train_on_batch(*batch)
        seconds = time.perf_counter() - started
    return waited / seconds, STEPS * BATCH / seconds


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "films"
        write_films(root, count)
        os.environ["XRAY_HOME"] = str(Path(folder) / "home")
        config = suggest_config(open_dataset(root), name="bench", network="efficientnet-lite")
        config = config.changed({"task": "four-class", "films_per_epoch": 2048, "batch": BATCH})
        started = time.perf_counter()
        films = load_films(config)[TRAIN]
        decoding = time.perf_counter() - started
        same = config.changed({"augmentation": CHANGES, "films_per_epoch": 4096})
        ours_same = films_per_second(lambda: ours(films, same), 100)
        ours_all = films_per_second(lambda: ours(films, same.changed(ALL)), 100)
        keras_way = films_per_second(lambda: generator(root), 4)
        plain_way = films_per_second(lambda: plain(root), 8)
        share, trained = waiting(films, config)
    print(f"{count} films of {SIDE} px as JPEG, {SIZE} px for the network, batches of {BATCH}")
    print(f"  {keras_way:8.0f} films/s  Keras' ImageDataGenerator (PIL and SciPy, film by film)")
    print(f"  {plain_way:8.0f} films/s  OpenCV, film by film")
    print(f"  {ours_same:8.0f} films/s  ours, the same changes")
    print(f"  {ours_all:8.0f} films/s  ours, all changes of the default, mixup too")
    print(f"  ours / ImageDataGenerator: {ours_same / keras_way:.1f}  (at least 5)")
    print(f"  ours / OpenCV film by film: {ours_same / plain_way:.1f}  (at least 5)")
    print(f"  decoding once: {decoding:.1f} s for all films and roles")
    print(
        f"  a training of {config.network} takes {trained:.0f} films/s and waits {share:.1%} of "
        "its time  (under 5 %)"
    )


ALL = {"augmentation": Augmentation()}

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
