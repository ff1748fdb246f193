"""An audit as JSON."""

import json
from typing import Any

from xray_core.datasets.audit import Audit
from xray_core.notice import NOTICE


def audit_record(audit: Audit) -> dict[str, Any]:
    """Return all that was found, what `dataset inspect --json` prints first."""
    return {
        "notice": NOTICE,
        "source": audit.source,
        "films": audit.films,
        **audit.summary(),
        "exact_groups": audit.exact_groups,
        "patients_in_two_splits": list(audit.leaks),
        "probes": [probe.model_dump(mode="json") for probe in audit.probes],
        "pairs": [pair.model_dump(mode="json") for pair in audit.pairs],
        "seconds": audit.seconds,
        "versions": audit.versions,
    }


def audit_json(audit: Audit) -> str:
    """Return the record as text, ended by a line feed."""
    return json.dumps(audit_record(audit), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
