"""What is wrong with a data set, found before anyone trains on it."""

from xray_core.datasets.audit.known import known_audit
from xray_core.datasets.audit.results import Audit, Finding, Pair, Probe, Verdict
from xray_core.datasets.audit.run import audit, judge
from xray_core.datasets.audit.survey import Progress, Survey, survey_films

__all__ = [
    "Audit",
    "Finding",
    "Pair",
    "Probe",
    "Progress",
    "Survey",
    "Verdict",
    "audit",
    "judge",
    "known_audit",
    "survey_films",
]
