"""Changes of the champion: the only ones that there are."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from xray_core.bundle import BundleInfo
from xray_core.bundle.store import name_champion
from xray_core.errors import BundleError, PromotionError, TrackingError
from xray_core.file_lock import exclusive
from xray_core.inference.prediction import ModelRef
from xray_core.promotion.evidence import champion_ref, check_unchanged
from xray_core.promotion.gate import Gate
from xray_core.promotion.record import Entry, Model, add, now, take_out_last
from xray_core.promotion.way_back import way_back
from xray_core.settings import settings

MIN_OVERRIDE = 20
"""Characters of a reason that overrides a failed gate: a sentence, not a letter."""
MAX_TEXT = 2000

_log = logging.getLogger("kerley")


def promote(gate: Gate, *, by: str, reason: str, override: bool = False) -> Entry:
    """Make the challenger of a gate the champion, and write down the evidence.

    Args:
        gate: of this challenger and the present champion.
        by: who does it.
        reason: why; with a failed gate, why all the same.
        override: promote although a check failed.

    Raises:
        BundleError: a file of the bundle was changed.
        PromotionError: a name or reason is missing, the gate failed and is not overridden, or it
            was judged against another champion.
    """
    by, reason = check_words(by, reason)
    if not gate.passed:
        _check_override(gate, reason, override)
    with _alone():
        info = check_unchanged(gate.challenger)
        former = champion_ref()
        if former != gate.champion:
            raise PromotionError(
                f"the champion is {former.name if former else 'none'} now, not the one that the "
                "challenger was judged against; judge it again."
            )
        entry = Entry(
            at=now(),
            action="promote",
            model=_model(info),
            former=_model(former) if former else None,
            by=by,
            reason=reason,
            overridden=not gate.passed,
            gate=gate.to_json(),
        )
        written = _change(entry)
    _tell_runs()
    return written


def rollback(*, by: str, reason: str = "", expected: Model | None = None) -> Entry:
    """Make the model the champion again that was it before the present one was promoted.

    Args:
        by: who does it.
        reason: why; may be empty, so that a bad model is gone at once.
        expected: the model that whoever does it was told would come back; None takes what comes.

    Raises:
        BundleError: a file of that bundle was changed.
        PromotionError: a name is missing, there is no promotion to take back, or another model than
            the expected one would come back, because somebody changed the champion meanwhile.
    """
    by = _written(by, "a name")
    with _alone():
        former, back = champion_ref(), way_back()
        if former is None or back is None:
            raise PromotionError(
                "no promotion made the present champion, so there is nothing to roll back."
            )
        if expected not in (None, back):
            raise PromotionError(
                f"the champion was changed meanwhile: it is {former.name}, and a roll back would "
                f"bring back {back.name}, not {expected.name}; look again and decide anew."
            )
        info = check_unchanged(ModelRef(back.name, back.sha256))
        entry = Entry(
            at=now(),
            action="rollback",
            model=_model(info),
            former=_model(former),
            by=by,
            reason=reason.strip()[:MAX_TEXT],
        )
        written = _change(entry)
    _tell_runs()
    return written


def check_words(by: str, reason: str, *, override: bool = False) -> tuple[str, str]:
    """Return name and reason as they are written down; to be asked before any film is scored.

    Args:
        by: who does it.
        reason: why.
        override: whether the reason is to override a gate, should that fail.

    Raises:
        PromotionError: one is missing, or the reason is too short to override a gate.
    """
    by, reason = _written(by, "a name"), _written(reason, "a reason")
    if override:
        _check_length(reason)
    return by, reason


def _change(entry: Entry) -> Entry:
    """Write the record first: a change that nobody can look up must not happen.

    Where the change itself then fails, its line is taken out again: it did not happen.
    """
    written = add(entry)
    try:
        name_champion(entry.model.name, written.sha256)
    except BundleError:
        with suppress(PromotionError):
            take_out_last(written)
        raise
    return written


def _tell_runs() -> None:
    """Let the store of runs say it too; the record holds whether that works or not.

    The lock of the index is free by then, as such a store may be a server that takes its time. The
    champion is read anew under a lock of its own: of two promotions at once the later one is told.
    """
    from xray_core.tracking.champion_alias import move_alias

    try:
        with exclusive(settings().home / "champion-alias", TrackingError, wait=True):
            champion = champion_ref()
            if champion is not None:
                move_alias(champion.name, champion.sha256)
    except (BundleError, TrackingError) as error:
        _log.warning("The alias of the champion was not moved: %s", error)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that trainings take too when they write an index."""
    with exclusive(settings().home / "index", PromotionError, wait=True):
        yield


def _check_override(gate: Gate, reason: str, override: bool) -> None:
    titles = "; ".join(check.title.lower() for check in gate.failed)
    if not override:
        raise PromotionError(
            f"the gate failed ({titles}), so {gate.challenger.name!r} is not promoted; an override "
            "with a written reason is allowed, and stays on its card."
        )
    if any(check.name == "intact" for check in gate.failed):
        raise PromotionError("files were changed, which no reason overrides; import or train anew.")
    _check_length(reason)


def _check_length(reason: str) -> None:
    if len(reason) < MIN_OVERRIDE:
        raise PromotionError(
            f"the reason {reason!r} is too short to override a failed gate; at least "
            f"{MIN_OVERRIDE} characters are asked for."
        )


def _written(text: str, what: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise PromotionError(
            f"{what} is missing; every change of the champion is recorded with it."
        )
    return text[:MAX_TEXT]


def _model(found: BundleInfo | ModelRef) -> Model:
    return Model(name=found.name, sha256=found.sha256)
