"""An audit in a terminal, and as files."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.cli.output import decimal, table

if TYPE_CHECKING:
    from xray_core.datasets.audit import Audit


def audit_text(audit: "Audit") -> list[str]:
    """Return the audit as lines."""
    classes = ", ".join(f"{name} {count:,}" for name, count in audit.classes.items()) or "none"
    splits = ", ".join(f"{name} {count:,}" for name, count in audit.splits.items()) or "none"
    found = [(f.verdict.value.upper(), f.title, plain(f.sentence)) for f in audit.findings]
    probes = [
        (p.title, decimal(p.auc, p.interval), p.contrast) for p in audit.probes if p.auc is not None
    ]
    lines = [
        f"{plain(audit.source)}: {audit.films:,} films of {audit.patients:,} patients",
        f"  Classes: {classes}",
        f"  Splits:  {splits}",
        "",
        f"Verdict: {audit.verdict.value.upper()}",
        "",
        *table(found, "  "),
    ]
    if probes:
        head = ("FROM", "AUC (95 % interval)", "WHAT IS TOLD")
        lines += ["", "What tells the class that should not:", *table([head, *probes], "  ")]
    return lines


def plain(text: str) -> str:
    """Return text that holds names of files without what would steer the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def write_reports(
    audit: "Audit", *, html: Path | None, csv: Path | None, json: Path | None
) -> None:
    """Write the audit to the files that are asked for; folders are made."""
    from xray_core.reports.audit_csv import audit_csv
    from xray_core.reports.audit_html import audit_html
    from xray_core.reports.audit_json import audit_json

    for path, write in ((html, audit_html), (csv, audit_csv), (json, audit_json)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write(audit).encode())


@contextmanager
def step_progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a callback that shows on one line of a terminal what is being done; else None."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return

    def show(what: str, done: int, total: int) -> None:
        print(f"\r\x1b[K{what}: {done:,} of {total:,}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
