"""Numbers in sentences."""

MOST_NAMED = 20
"""Films that a finding names."""


def number(count: int, one: str, many: str) -> str:
    """Return `1 film` or `1,204 films`."""
    return f"{count:,} {one if count == 1 else many}"


def share(count: int, total: int) -> str:
    """Return `All 12`, or `3 of 12`."""
    return f"All {count:,}" if count == total else f"{count:,} of {total:,}"


def listed(words: list[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
