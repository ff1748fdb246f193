"""An audit as one table, for a spreadsheet."""

from collections.abc import Iterator

from xray_core.datasets.audit import Audit
from xray_core.notice import NOTICE
from xray_core.spreadsheet import written

COLUMNS = ("kind", "check", "verdict", "value", "sentence", "film", "other_film")


def audit_csv(audit: Audit) -> str:
    """Return the findings, the figures of the probes, the pairs and the patients in two splits.

    One row each, lines ended by a line feed. Text that a spreadsheet would take for a formula has
    an apostrophe before it: names of files come from strangers.
    """
    return written([COLUMNS, ("notice", "", "", "", NOTICE, "", ""), *_rows(audit)])


def _rows(audit: Audit) -> Iterator[tuple[str, ...]]:
    yield "overall", "", audit.verdict.value, str(audit.films), audit.source, "", ""
    for finding in audit.findings:
        yield "finding", finding.check, finding.verdict.value, "", finding.sentence, "", ""
    for probe in audit.probes:
        auc = "" if probe.auc is None else f"{probe.auc:.4f}"
        yield "probe", probe.name, probe.verdict.value, auc, probe.contrast, "", ""
    for pair in audit.pairs:
        kind = "exact" if pair.exact else "near"
        remarks = [
            words
            for words, holds in (
                ("across splits", pair.across_splits),
                ("labels contradict", pair.conflicting),
            )
            if holds
        ]
        yield "pair", kind, "", str(pair.bits), ", ".join(remarks), pair.first, pair.second
    for patient in audit.leaks:
        yield "patient", "in two splits", "", "", patient, "", ""
    for finding in audit.findings:
        for film in finding.films:
            yield "film", finding.check, finding.verdict.value, "", "", film, ""
