"""The figures of a bundle as tables of its card, in Markdown."""

from typing import Any

from xray_core.bundle import BundleManifest, Interval
from xray_core.evaluation.curves import RELIABILITY, Reliability
from xray_core.evaluation.reliance import reliance_of
from xray_core.evaluation.reliance_words import interval_of


def figures_table(manifest: BundleManifest, role: str) -> str:
    """Return how the model does on the films of a role, a row for each data set."""
    rows = [
        "| films | n (patients) | AUC | accuracy | sensitivity | specificity | ECE "
        "| bacterial against viral AUC |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for which, m in _of_role(manifest, role):
        cells = [_figure(m, name) for name in ("auc", "accuracy", "sensitivity", "specificity")]
        cells += [_figure(m, "ece"), _figure(m, "bacterial_vs_viral_auc")]
        rows.append(f"| {which} | {m['n']} ({m['patients']}) | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def shortcuts_table(manifest: BundleManifest) -> str:
    """Return the AUC of intact and of blanked films, a row for each role and data set."""
    names = ("auc", "auc_lungs_blanked", "auc_frame_blanked")
    rows = [
        "| films | n | AUC, intact | AUC, lungs blanked | AUC, frame blanked | reliance |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for role, words in (("internal_test", "internal test"), ("validation", "validation")):
        for which, m in _of_role(manifest, role):
            cells = " | ".join(_figure(m, name) for name in names)
            leaning = _interval(reliance_of(interval_of(m)))
            rows.append(f"| {words}, {which} | {m['n']} | {cells} | {leaning} |")
    return "\n".join(rows)


def stressed_table(manifest: BundleManifest) -> str:
    """Return AUC and loss of the validation films, plain and stressed, a row for each data set."""
    rows = [
        "| films | n | AUC, plain | AUC, stressed | loss, plain | loss, stressed |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    plain = dict(_of_role(manifest, "validation"))
    for which, m in _of_role(manifest, "stressed_validation"):
        sides = (plain[which], m)
        cells = [_figure(side, name) for name in ("auc", "loss") for side in sides]
        rows.append(f"| {which} | {m['n']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def reliability_table(metrics: dict[str, Any]) -> str:
    """Return what was said against what was true of films whose figures these are."""
    found = Reliability.from_json(metrics[RELIABILITY])
    rows = ["| P(pneumonia) said, mean | films | with pneumonia |", "| --- | --- | --- |"]
    bins = zip(found.said, found.films, found.true, found.low, found.high, strict=True)
    rows += [
        f"| {said:.3f} | {films} | {true:.3f} ({low:.3f} to {high:.3f}) |"
        for said, films, true, low, high in bins
    ]
    return "\n".join(rows)


def _of_role(manifest: BundleManifest, role: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the figures of a role by data set, `all` first."""
    return [
        ("all" if key == role else key.split("/", 1)[1], metrics)
        for key, metrics in manifest.metrics.items()
        if key == role or key.startswith(f"{role}/")
    ]


def _figure(metrics: dict[str, Any], name: str) -> str:
    return _interval(interval_of(metrics, name))


def _interval(found: Interval) -> str:
    if found.value is None:
        return "not defined"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
