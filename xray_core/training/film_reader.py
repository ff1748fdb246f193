"""From the films of a role, as files, to what a network is trained on and scored with."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.errors import DatasetError, DecodeTimeout, FilmError, UnreadableFilm
from xray_core.evaluation.stress import stress
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.imaging.radiograph import Radiograph
from xray_core.labels import Task
from xray_core.training.canvas import CONTEXT, DETAIL, Canvas, centre_of
from xray_core.training.config import TrainingConfig
from xray_core.training.film_cache import FAILED, Note, Rows, cached_rows, films_folder
from xray_core.training.joined import Joined
from xray_core.training.phantom_films import PlannedPhantom
from xray_core.training.preparation import FilmPreparation
from xray_core.training.spilled_films import SpilledFilms
from xray_core.training.style import style_features
from xray_core.training.undecoded import Undecoded

FORM = 1
"""To be raised whenever films are prepared otherwise: what is on disk is then made anew."""
REPORTS = 50
"""Times at least that the progress is told of many films."""
AT_ONCE = 64
"""Films at most that are decoded and not yet kept: these are in memory."""

Films = Sequence[Dataset]
Progress = Callable[[int, int], None]
Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """Films as they are kept.

    Attributes:
        array: (N, …), mapped from the disk; of films and phantoms together a `Joined`.
        kept: bool, which of the films asked for these N are; the others could not be decoded.
        phash: perceptual hash of each film.
        style: float32 (N, F) of `training.style`; F = 0 where it is not asked for.
    """

    array: NDArray[Any]
    kept: NDArray[np.bool_]
    phash: list[str]
    style: NDArray[np.float32]


class FilmReader:
    """Prepares films as one run wants them.

    Args:
        config: the run.
        total: number of all films, for the progress.
        progress: called with the films done and their number, some `REPORTS` times or more.
        undecoded: counts films that cannot be decoded, and says when there are too many.
    """

    def __init__(
        self,
        config: TrainingConfig,
        total: int,
        progress: Progress | None,
        undecoded: Undecoded,
    ) -> None:
        self._undecoded = undecoded
        self._config = config
        self._prepare = FilmPreparation(config.preprocessing, config.size)
        self._total, self._done, self._progress = total, 0, progress
        self._told = 0

    def canvases(self, datasets: Films, phantoms: Sequence[PlannedPhantom] = ()) -> Prepared:
        """Return training canvases, uint8 (N, M, M), those of the phantoms last.

        They are kept apart, so that runs with and without phantoms share the real films.
        """

        def prepare(pixels: Grey) -> tuple[Any, Note]:
            canvas = self._prepare.canvas(pixels)
            return canvas, self._note(pixels, canvas)

        films = self._kept(("canvas",), datasets, lambda: self._decoded(datasets, prepare))
        if not phantoms:
            return films

        def rows() -> Rows:
            yield from (prepare(phantom.draw().pixels) for phantom in phantoms)

        plan = [(phantom.kind.value, phantom.seed, phantom.adult) for phantom in phantoms]
        drawn = self._kept(("drawn canvas", *plan), [], rows, len(phantoms))
        return Prepared(
            cast(Any, Joined(films.array, drawn.array)),
            np.concatenate([films.kept, drawn.kept]),
            films.phash + drawn.phash,
            np.concatenate([films.style, drawn.style]),
        )

    def views(self, datasets: Films) -> Prepared:
        """Return inputs (N, 3, S, S): each film as it is, and blanked in two ways."""

        def rows() -> Rows:
            return self._decoded(datasets, lambda p: (self._prepare.views(p), self._note(p)))

        return self._kept(("views",), datasets, rows)

    def stressed(self, datasets: Films, normal: NDArray[np.bool_]) -> NDArray[Any]:
        """Return inputs (N, S, S) of stressed films.

        Args:
            datasets: the films.
            normal: bool (N,), which of them are normal: frames come from films of the other kind.
        """
        unsaid: Note = {"phash": "", "style": []}

        def rows() -> Rows:
            read = self._decoded(datasets, lambda p: (_shrink(p), unsaid), strict=True)
            rng = np.random.default_rng(self._config.seed)
            with closing(SpilledFilms(films_folder())) as films:
                for film, _ in read:
                    films.append(film)
                for row in range(len(films)):
                    film, others = films[row], np.flatnonzero(normal != normal[row])
                    other = films[rng.choice(others)] if len(others) else film
                    yield self._prepare.view(stress(film, other, rng)), unsaid

        return self._kept(
            ("stress with grain", self._config.seed, normal.tolist()), datasets, rows
        ).array

    def _note(self, pixels: Grey, canvas: Canvas | None = None) -> Note:
        """Return hash and style of a film; style is measured on its canvas, whatever its role."""
        note: Note = {"phash": perceptual_hash(pixels), "style": []}
        if self._config.style_floor is not None:
            canvas = self._prepare.canvas(pixels) if canvas is None else canvas
            note["style"] = style_features(centre_of(canvas, self._config.size)).tolist()
        return note

    def _kept(
        self,
        kind: tuple[Any, ...],
        datasets: Films,
        rows: Callable[[], Rows],
        drawn: int = 0,
    ) -> Prepared:
        """Return rows from the disk, or make them and keep them there."""
        config, count = self._config, sum(len(dataset) for dataset in datasets)
        how = json.loads(config.preprocessing.model_dump_json())
        styled = config.style_floor is not None
        films = [sha for dataset in datasets for sha in dataset.table["sha256"]]
        key = [FORM, *kind, config.size, DETAIL, CONTEXT, how]
        array, notes = cached_rows(
            [*key, styled, films],
            count + drawn,
            rows,
            lambda notes: self._tried_again(datasets, notes),
            or_else=[*key, True, films],
        )
        self._count(datasets, notes)
        self._done += count
        self._report(0)
        kept = np.array([FAILED not in note for note in notes], dtype=bool)
        notes = [note for note in notes if FAILED not in note]
        style = np.array([note["style"] if styled else [] for note in notes], dtype=np.float32)
        return Prepared(array, kept, [note["phash"] for note in notes], style)

    def _tried_again(self, datasets: Films, notes: Sequence[Note]) -> list[Note] | None:
        """Decode the films that an earlier run could not, and return the notes as they are now.

        None where one can be decoded: the limits may be others than they were, and a decoder that
        was killed may have lacked memory only then. What is kept has no room for a film more.

        Raises:
            DecodeTimeout: there was no time, see `_decoded`.
        """
        now: list[Note] = list(notes)
        for row, (dataset, index) in enumerate(_places(datasets)):
            if FAILED not in notes[row]:
                continue
            try:
                _film(dataset, index)
            except DecodeTimeout:
                raise
            except FilmError as error:
                now[row] = {FAILED: error.reason}
            else:
                return None
        return now

    def _count(self, datasets: Films, notes: Sequence[Note]) -> None:
        """Count the films of notes that say so as not decoded: another run may have read them."""
        tables = (dataset.table[["source", "path"]] for dataset in datasets)
        films = (film for table in tables for film in table.itertuples(index=False))
        for film, note in zip(films, notes, strict=False):  # phantoms come last
            if FAILED in note:
                path = str(film.path)
                self._undecoded.add(str(film.source), path, UnreadableFilm(path, note[FAILED]))

    def _decoded(
        self,
        datasets: Films,
        prepare: Callable[[Grey], tuple[Any, Note]],
        *,
        strict: bool = False,
    ) -> Iterator[tuple[Any, Note]]:
        """Decode films, some at a time, and yield what is made of each, in order.

        Nothing is made of a film that cannot be decoded, and a note says why; with `strict` it is
        raised. So is a lack of time: what is left out must not hang on how busy the machine was.
        """

        def one(place: tuple[Dataset, int]) -> tuple[Any, Note]:
            dataset, index = place
            source, path = (str(dataset.table[name].iloc[index]) for name in ("source", "path"))
            try:
                film = _film(dataset, index)
            except FilmError as error:
                if strict or isinstance(error, DecodeTimeout):
                    raise
                self._undecoded.add(source, path, error)
                return None, {FAILED: error.reason}
            return prepare(film.pixels)

        places = _places(datasets)
        step = min(AT_ONCE, max(PROCESSES, self._total // REPORTS))
        with ThreadPoolExecutor(PROCESSES) as pool:
            for start in range(0, len(places), step):
                yield from pool.map(one, places[start : start + step])
                self._report(min(start + step, len(places)))

    def _report(self, more: int) -> None:
        done = min(self._done + more, self._total)
        if self._progress and done != self._told:
            self._told = done
            self._progress(done, self._total)


def _film(dataset: Dataset, index: int) -> Radiograph:
    """Decode a film; one whose file cannot be read counts as one that cannot be decoded.

    Raises:
        FilmError: it cannot be decoded, or read.
    """
    path = str(dataset.table["path"].iloc[index])
    try:
        data = dataset.film_bytes(index)
    except DatasetError as error:
        raise UnreadableFilm(path, str(error)) from error
    return read_guarded(data, path)


def usable_films(dataset: Dataset, task: Task) -> tuple[Dataset, NDArray[np.bool_]]:
    """Return the films that a task has a place for, and the outputs allowed to each, (N, K)."""
    allowed = np.array([task.allowed(label) for label in dataset.labels()], dtype=bool)
    allowed = allowed.reshape(-1, len(task.outputs))
    rows = np.flatnonzero(allowed.any(axis=1))
    return dataset.subset(rows), allowed[rows]


def _places(datasets: Films) -> list[tuple[Dataset, int]]:
    """Return each film as its data set and its row there, in the order in which they are kept."""
    return [(dataset, index) for dataset in datasets for index in range(len(dataset))]


def _shrink(pixels: Grey) -> Grey:
    """Return the film at most 512 px high and wide: all of a role are kept until they are used."""
    scale = min(1.0, 512 / max(pixels.shape))
    side = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, side, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
