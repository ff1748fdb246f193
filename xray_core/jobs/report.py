"""How far a job is, written to its run and its log as it goes."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from xray_core.errors import TrackingError
from xray_core.jobs import tags
from xray_core.tracking.division import log_division
from xray_core.tracking.runs import set_tags

if TYPE_CHECKING:
    from xray_core.training.films import FilmSet

STEP_SECONDS = 2.0


class Report:
    """Writes to the run and to the log; a store that is away for a moment stops no work.

    Args:
        run: of the job.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self._stepped = time.monotonic()
        self._unlogged: dict[str, dict[str, FilmSet]] = {}

    def stage(self, sentence: str) -> None:
        """Note what is being done; for how long yet is not known then."""
        self.print(sentence)
        self.note({tags.STAGE: sentence, tags.EPOCH_SECONDS: ""})

    def on_load(self, done: int, total: int) -> None:
        """Note how many films are read, not more often than anybody looks."""
        if done >= total or self.looked_for():
            self.stage(f"Reading the films: {done:,} of {total:,}.")

    def on_films(self, films: "dict[str, FilmSet]") -> None:
        """Note which film has which role, before anything is trained."""
        self.divide(films)

    def divide(self, films: "dict[str, FilmSet]", part: str = "") -> None:
        """Note the roles of films, of the run or of a part of it, now or when the store answers."""
        try:
            log_division(self.run, films, part)
        except TrackingError as error:
            self._unlogged[part] = films
            self.print(f"Which film has which role is not in the run yet: {error}")

    def catch_up(self) -> None:
        """Note what the store has missed while it was away.

        Raises:
            TrackingError: it is away still.
        """
        self.note_divisions()

    def note_divisions(self) -> None:
        """Note the roles of films that the store has missed.

        Raises:
            TrackingError: it is away still.
        """
        for part in tuple(self._unlogged):
            log_division(self.run, self._unlogged[part], part)
            del self._unlogged[part]

    def looked_for(self) -> bool:
        """Return whether it is time for somebody to look again."""
        now = time.monotonic()
        if now - self._stepped < STEP_SECONDS:
            return False
        self._stepped = now
        return True

    def note(self, noted: Mapping[str, str]) -> None:
        """Write tags of the run."""
        with suppress(TrackingError):
            set_tags(self.run, noted)

    def print(self, sentence: str) -> None:
        """Write a line of the log."""
        print(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {sentence}", flush=True)
