"""The audit: measure, compare, probe, judge."""

import time
from collections.abc import Callable
from importlib.metadata import version

from xray_core.datasets.audit.balance_findings import balance_findings
from xray_core.datasets.audit.cache import VERSION, AuditCache
from xray_core.datasets.audit.confounding import probe_classes
from xray_core.datasets.audit.duplicates import find_duplicates
from xray_core.datasets.audit.file_findings import file_findings
from xray_core.datasets.audit.known import RULES, audit_key, read_kept
from xray_core.datasets.audit.repeat_findings import (
    divided_patients,
    leak_finding,
    repeat_findings,
)
from xray_core.datasets.audit.results import Audit, Verdict
from xray_core.datasets.audit.source_findings import source_findings
from xray_core.datasets.audit.survey import Progress, Survey, survey_films
from xray_core.datasets.dataset import Dataset

COMPARING, PROBING = "Comparing films", "Telling the class from what is no disease"


def audit(dataset: Dataset, progress: Progress | None = None) -> Audit:
    """Find what is wrong with a data set before anyone trains on it.

    Every film is decoded once; films and the finished audit are kept by content under `XRAY_HOME`,
    so that the same set is audited again in no time.

    Args:
        dataset: labelled or not; `sha256` may be empty, it is computed then.
        progress: called often with what is being done; to cancel, it raises.

    Raises:
        Exception: whatever `progress` raises; no process or thread is left behind.
    """
    started = time.perf_counter()
    return judge(survey_films(dataset, progress), progress, started)


def judge(survey: Survey, progress: Progress | None = None, started: float | None = None) -> Audit:
    """Audit films that have been measured; see `audit`.

    Args:
        survey: of `survey_films`.
        progress: as for `audit`.
        started: `time.perf_counter()` when the survey began, for `Audit.seconds`.
    """
    started = time.perf_counter() if started is None else started
    key = audit_key(survey.dataset, survey.facts["state"])
    cache = AuditCache()
    try:
        if (known := read_kept(cache, key)) is not None:
            return known
        made = _judged(survey, progress, started)
        cache.keep_audit(key, made.model_dump_json())
        return made
    finally:
        cache.close()


def _judged(survey: Survey, progress: Progress | None, started: float) -> Audit:
    table = survey.dataset.table
    duplicates = find_duplicates(survey, _named(progress, COMPARING))
    probes = probe_classes(survey, _named(progress, PROBING))
    leaks = divided_patients(table)
    findings = [
        *source_findings(survey, probes),
        leak_finding(survey, leaks),
        *repeat_findings(survey, duplicates),
        *file_findings(survey),
        *balance_findings(survey),
    ]
    order = list(Verdict)
    findings.sort(key=lambda finding: -order.index(finding.verdict))
    return Audit(
        source=" + ".join(sorted(table["source"].unique())),
        films=len(table),
        classes=_counts(table["label"]),
        splits=_counts(table["split"]),
        patients=table["patient"].nunique(),
        exact_groups=duplicates.groups,
        exact_pairs=duplicates.exact,
        near_pairs=duplicates.near,
        pairs=duplicates.pairs,
        leaks=leaks,
        probes=probes,
        findings=tuple(findings),
        verdict=Verdict.worst([finding.verdict for finding in findings]),
        seconds=round(time.perf_counter() - started, 1),
        versions={
            "audit": f"{VERSION}.{RULES}",
            **{name: version(name) for name in ("scikit-learn", "opencv-python-headless")},
        },
    )


def _counts(values) -> dict[str, int]:  # type: ignore[no-untyped-def]
    return {str(k): int(n) for k, n in values.value_counts().sort_index().items() if k}


def _named(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    return (lambda done, total: progress(what, done, total)) if progress else None
