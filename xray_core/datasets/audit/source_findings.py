"""What is to be said of what tells the class although it cannot be disease."""

import pandas as pd

from xray_core.datasets.audit.confounding import LEAST_PATIENTS
from xray_core.datasets.audit.results import Finding, Probe, Verdict
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.audit.wording import listed

_MEANING = {
    Verdict.FINE: "it tells little",
    Verdict.WARNING: "a network may learn that instead of disease",
    Verdict.SERIOUS: "a network can score well on this set without looking at the lungs",
}


def source_findings(survey: Survey, probes: tuple[Probe, ...]) -> list[Finding]:
    """Judge every probe, and where films have several sources, classes that come from one only."""
    measured = [probe for probe in probes if probe.auc is not None]
    found = [_probe_finding(probe) for probe in measured]
    if not measured:
        found.append(
            Finding(
                check="confounding",
                title="Source confounding",
                verdict=Verdict.WARNING,
                sentence="It cannot be measured how well the class is told from what is no "
                f"disease: at least {LEAST_PATIENTS} patients on each side are needed.",
            )
        )
    table = survey.dataset.table
    if table["source"].nunique() > 1:
        found.append(_sources(table[table["label"] != ""]))
    return found


def _probe_finding(probe: Probe) -> Finding:
    low, high = probe.interval or (0.0, 1.0)
    told = probe.contrast.replace("against", "is told from")
    return Finding(
        check=f"confounding_{probe.name}",
        title=f"Class from {probe.title}",
        verdict=probe.verdict,
        sentence=f"From {probe.title}, {told} with an AUC of {probe.auc:.3f} "
        f"({low:.3f} to {high:.3f}): {_MEANING[probe.verdict]}.",
    )


def _sources(table: pd.DataFrame) -> Finding:
    """Judge classes that are in some of the sources and not in others."""
    counts = table.groupby(["label", "source"]).size().unstack(fill_value=0)
    partial = {
        str(label): [str(name) for name in counts.columns if row[name]]
        for label, row in counts.iterrows()
        if (row == 0).any()
    }
    if not partial:
        return Finding(
            check="confounding_source",
            title="Classes and sources",
            verdict=Verdict.FINE,
            sentence="Every class comes from every source.",
        )
    words = listed([f"{label} comes from {listed(names)} only" for label, names in partial.items()])
    return Finding(
        check="confounding_source",
        title="Classes and sources",
        verdict=Verdict.SERIOUS,
        sentence=f"{words}: there the class and the source are the same thing.",
    )
