"""What a threshold does, in words."""

from xray_core.evaluation.measured import Confusion


def errors_of_a_hundred(confusion: Confusion) -> str:
    """Return both kinds of errors for 100 films of each kind, and the films themselves.

    Args:
        confusion: ((true normal, false alarm), (missed, found)).
    """
    (passed, alarms), (missed, found) = confusion
    ill, well = missed + found, passed + alarms
    parts = []
    if ill:
        parts.append(
            f"Of 100 films with pneumonia, {_of_a_hundred(missed, ill)} missed "
            f"({missed:,} of {ill:,})"
        )
    if well:
        parts.append(
            f"of 100 without, {_of_a_hundred(alarms, well)} called pneumonia "
            f"({alarms:,} of {well:,})"
        )
    text = "; ".join(parts) or "no film is counted"
    return f"{text[:1].upper()}{text[1:]}."


def _of_a_hundred(films: int, among: int) -> str:
    share = 100 * films / among
    if films == 0:
        return "none is"
    if share < 1:
        return "fewer than 1 is"
    if films < among and share > 99:
        return "more than 99 are"
    count = round(share)
    return f"{count} {'is' if count == 1 else 'are'}"
