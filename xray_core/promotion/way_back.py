"""Which model a roll back would bring back."""

from collections.abc import Sequence
from itertools import compress

from xray_core.promotion.evidence import champion_ref
from xray_core.promotion.record import Entry, Model, read_record


def way_back() -> Model | None:
    """Return the model that a roll back would bring back; None where there is no way back.

    There is one while the champion is what the latest promotion that was not taken back made it.

    Raises:
        BundleError: an index is damaged.
        PromotionError: the record was altered or cannot be read.
    """
    champion = champion_ref()
    if champion is None:
        return None
    present = Model(name=champion.name, sha256=champion.sha256)
    in_force: list[Entry] = []
    record = read_record()
    for entry in compress(record, carried_out(record, present)):
        if entry.action == "promote":
            in_force.append(entry)
        elif in_force:
            in_force.pop()
    if not in_force or in_force[-1].model != present:
        return None
    return in_force[-1].former


def carried_out(record: Sequence[Entry], champion: Model | None) -> list[bool]:
    """Tell of each change whether it came about: the next one found the champion that it names.

    A crash between the record and the index leaves a line of a change that never came about. It
    must not stand in the way of taking back the one before it.

    Args:
        record: all changes, the oldest first.
        champion: the present one, by which the last change is judged.
    """
    found = [*(entry.former for entry in record[1:]), champion]
    return [entry.model == after for entry, after in zip(record, found, strict=False)]
