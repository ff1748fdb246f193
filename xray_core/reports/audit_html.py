"""An audit as one HTML file that needs nothing from outside."""

from html import escape

from xray_core.datasets.audit import Audit, Finding, Probe, Verdict
from xray_core.notice import NOTICE
from xray_core.reports.audit_style import STYLE

MOST_PAIRS = 200
MARKS = {Verdict.FINE: "✓", Verdict.WARNING: "!", Verdict.SERIOUS: "✕"}
WORDS = {Verdict.FINE: "Fine", Verdict.WARNING: "Warning", Verdict.SERIOUS: "Serious"}


def audit_html(audit: Audit) -> str:
    """Return the page: verdict, findings, what tells the class, counts, pairs.

    All text that comes from file names is escaped; there is no script and no outside address.
    """
    name = escape(audit.source)
    parts = [
        f"<h1>Audit of {name}</h1>",
        f"<p class='{audit.verdict.value} verdict'>{_badge(audit.verdict)} {_overall(audit)}</p>",
        f"<p>{audit.films:,} films of {audit.patients:,} patients, as far as file names tell.</p>",
        "<h2>Findings</h2>",
        _findings(audit.findings),
        "<h2>What tells the class that should not</h2>",
        _probes(audit.probes),
        "<h2>Counts</h2>",
        _counts("Class", audit.classes) + _counts("Split", audit.splits),
        _pairs(audit),
        f"<footer><p>{escape(NOTICE)}</p><p>{_versions(audit)}</p></footer>",
    ]
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>Audit of {name}</title><style>{STYLE}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _badge(verdict: Verdict) -> str:
    mark, word = MARKS[verdict], WORDS[verdict]
    return f"<span class='badge {verdict.value}'><b aria-hidden='true'>{mark}</b> {word}</span>"


def _overall(audit: Audit) -> str:
    counts = [sum(f.verdict is verdict for f in audit.findings) for verdict in Verdict]
    return f"{counts[2]} serious, {counts[1]} warnings, {counts[0]} fine"


def _findings(findings: tuple[Finding, ...]) -> str:
    rows = [
        f"<tr><td>{_badge(f.verdict)}</td><th scope='row'>{escape(f.title)}</th>"
        f"<td>{escape(f.sentence)}{_films(f.films)}</td></tr>"
        for f in findings
    ]
    return f"<table>{''.join(rows)}</table>"


def _films(films: tuple[str, ...]) -> str:
    if not films:
        return ""
    names = "".join(f"<li><code>{escape(film)}</code></li>" for film in films)
    return f"<details><summary>Films, up to {len(films)}</summary><ul>{names}</ul></details>"


def _probes(probes: tuple[Probe, ...]) -> str:
    measured = [probe for probe in probes if probe.auc is not None]
    if not measured:
        return "<p>Too few patients to measure.</p>"
    rows = [
        f"<tr><td>{_badge(p.verdict)}</td><th scope='row'>{escape(p.title)}</th>"
        f"<td class='number'>{p.auc:.3f}</td><td>{_bar(p)}</td><td>{escape(p.contrast)}</td></tr>"
        for p in measured
    ]
    return (
        "<p>Area under the ROC curve, cross-validated by patient; 0.5 is chance, 1 is certainty. "
        "The thin line is the 95 % interval.</p>"
        f"<table>{''.join(rows)}</table>"
    )


def _bar(probe: Probe) -> str:
    """Draw an AUC from 0.5 to 1 with its interval."""
    low, high = probe.interval or (0.5, 0.5)
    ends = [200 * max(0.0, value - 0.5) * 2 for value in (probe.auc or 0.5, low, high)]
    return (
        "<svg width='200' height='14' role='img' aria-hidden='true'>"
        "<rect width='200' height='14' class='ground'/>"
        f"<rect width='{ends[0]:.1f}' height='14' class='bar {probe.verdict.value}'/>"
        f"<line x1='{ends[1]:.1f}' x2='{ends[2]:.1f}' y1='7' y2='7' class='interval'/></svg>"
    )


def _counts(title: str, counts: dict[str, int]) -> str:
    if not counts:
        return ""
    rows = [
        f"<tr><th scope='row'>{escape(name)}</th><td class='number'>{count:,}</td></tr>"
        for name, count in counts.items()
    ]
    return f"<table class='narrow'><caption>{title}</caption>{''.join(rows)}</table>"


def _pairs(audit: Audit) -> str:
    if not audit.pairs:
        return ""
    rows = []
    for pair in audit.pairs[:MOST_PAIRS]:
        kind = "equal" if pair.exact else f"alike, {pair.bits} of 64 bits differ"
        remarks = ["across splits"] * pair.across_splits + ["labels contradict"] * pair.conflicting
        rows.append(
            f"<tr><td><code>{escape(pair.first)}</code></td>"
            f"<td><code>{escape(pair.second)}</code></td>"
            f"<td>{', '.join([kind, *remarks])}</td></tr>"
        )
    more = len(audit.pairs) - len(rows)
    note = f"<p>And {more:,} more, in the JSON and CSV.</p>" if more else ""
    return f"<h2>Pairs</h2><table>{''.join(rows)}</table>{note}"


def _versions(audit: Audit) -> str:
    return escape(", ".join(f"{name} {version}" for name, version in audit.versions.items()))
