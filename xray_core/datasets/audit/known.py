"""An audit that was made before, found by content: no film is decoded and nothing is judged."""

import hashlib
from collections.abc import Iterable

from xray_core.datasets.audit.cache import AuditCache, measured_by
from xray_core.datasets.audit.file_findings import other_files
from xray_core.datasets.audit.measure import State
from xray_core.datasets.audit.results import Audit
from xray_core.datasets.dataset import Dataset

RULES = 3
"""Version of the comparisons, probes and verdicts: another version audits again."""


def known_audit(dataset: Dataset) -> Audit | None:
    """Return the finished audit of exactly these films, labels and splits, or None without one.

    Args:
        dataset: with `sha256`; without, no audit is found.
    """
    hashes = dataset.table["sha256"].tolist()
    cache = AuditCache()
    try:
        states = cache.states([sha256 for sha256 in hashes if sha256])
        if not states:
            return None
        # Files that could not be read are never kept, so what is not known may be one of them.
        key = audit_key(dataset, (states.get(sha256, State.UNREADABLE) for sha256 in hashes))
        return read_kept(cache, key)
    finally:
        cache.close()


def read_kept(cache: AuditCache, key: str) -> Audit | None:
    """Return the audit that is kept under a key; None where there is none, or a damaged one."""
    content = cache.audit(key)
    try:
        return None if content is None else Audit.model_validate_json(content)
    except ValueError:
        return None


def audit_key(dataset: Dataset, states: Iterable[State]) -> str:
    """Return a hash of all that the verdicts depend on.

    Args:
        dataset: with `sha256`.
        states: of each film, whether it could be read.
    """
    table = dataset.table.drop(columns="phash").assign(state=list(states))
    store = type(dataset.store).__name__
    parts = (measured_by(), str(RULES), store, *other_files(dataset), table.to_csv(index=False))
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
