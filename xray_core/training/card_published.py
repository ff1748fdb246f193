"""The published figures beside those of a run, in Markdown: for its card and for its page."""

from xray_core.bundle import BundleManifest
from xray_core.training.beside_published import BesidePublished, beside_published
from xray_core.training.published_rows import Confusion, ConfusionRow, FigureRow

NOT_STATED = "not stated"


def published_section(manifest: BundleManifest) -> str:
    """Return the section of a card, or nothing for a run that repeats no published one."""
    found = beside_published(manifest)
    if found is None:
        return ""
    head = f"The run was started from `{found.preset}`, published by {found.source}."
    return f"\n## Beside the published run\n\n{head}\n\n{published_table(found)}\n"


def published_table(found: BesidePublished) -> str:
    """Return the figures as a table, and below it the sentences without which it would mislead."""
    rows = ["| figure | published | of | this run | of |", "| --- | --- | --- | --- | --- |"]
    rows += [_row(row) for row in found.rows]
    if found.confusion is not None:
        rows.append(_confusion(found.confusion))
    said = [found.films, found.decided, found.remark]
    if found.changed:
        said.append(
            f"Settings that are not those of the published run: {', '.join(found.changed)}."
        )
    return "\n".join([*rows, "", " ".join(filter(None, said))])


def _row(row: FigureRow) -> str:
    published = NOT_STATED if row.published is None else f"{row.published:.3f}"
    here = "not defined" if row.here is None else f"{row.here:.3f}"
    if row.here is not None and row.interval is not None:
        here += f" ({row.interval[0]:.3f} to {row.interval[1]:.3f})"
    cells = (row.figure, published, row.published_on, here, row.here_on)
    return f"| {' | '.join(cells)} |"


def _confusion(row: ConfusionRow) -> str:
    name = "normal passed, false alarms; missed, found"
    cells = (name, _counts(row.published), row.published_on, _counts(row.here), row.here_on)
    return f"| {' | '.join(cells)} |"


def _counts(confusion: Confusion) -> str:
    return "; ".join(f"{left}, {right}" for left, right in confusion)
