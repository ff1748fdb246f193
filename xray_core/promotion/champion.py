"""Changes of the champion: the only ones that there are."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from xray_core.bundle import BundleInfo
from xray_core.bundle.store import name_champion
from xray_core.errors import PromotionError, TrackingError
from xray_core.file_lock import exclusive
from xray_core.inference.prediction import ModelRef
from xray_core.promotion.evidence import champion_ref, check_unchanged
from xray_core.promotion.gate import Gate
from xray_core.promotion.record import Entry, Model, add, now, read_record
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
    by, reason = _written(by, "a name"), _written(reason, "a reason")
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
        return _change(entry)


def rollback(*, by: str, reason: str = "") -> Entry:
    """Make the model the champion again that was it before the present one was promoted.

    Args:
        by: who does it.
        reason: why; may be empty, so that a bad model is gone at once.

    Raises:
        BundleError: a file of that bundle was changed.
        PromotionError: a name is missing, or there is no promotion to take back.
    """
    by = _written(by, "a name")
    with _alone():
        former, back = champion_ref(), way_back()
        if former is None or back is None:
            raise PromotionError(
                "no promotion made the present champion, so there is nothing to roll back."
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
        return _change(entry)


def way_back() -> Model | None:
    """Return the model that a roll back would bring back; None where there is no way back.

    There is one while the champion is what the latest promotion that was not taken back made it.

    Raises:
        BundleError: an index is damaged.
        PromotionError: the record was altered or cannot be read.
    """
    in_force: list[Entry] = []
    for entry in read_record():
        if entry.action == "promote":
            in_force.append(entry)
        elif in_force:
            in_force.pop()
    champion = champion_ref()
    if not in_force or champion is None or in_force[-1].model != _model(champion):
        return None
    return in_force[-1].former


def _change(entry: Entry) -> Entry:
    """Write the record first: a change that nobody can look up must not happen."""
    written = add(entry)
    name_champion(entry.model.name)
    _tell_runs(entry.model)
    return written


def _tell_runs(model: Model) -> None:
    """Let the store of runs say it too; the record holds whether that works or not."""
    from xray_core.tracking.champion_alias import move_alias

    try:
        move_alias(model.name, model.sha256)
    except TrackingError as error:
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
