"""What the audit found in the films of a training, said where the training is started."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from xray_core.cli.training_progress import log
from xray_core.errors import XrayError


def tell_audit(paths: Sequence[Path]) -> None:
    """Print on standard error what is serious about films, or that nobody has audited them.

    The audit is looked up by the bytes of the films, which are read for it; none is decoded.

    Args:
        paths: folders or archives, audited together.
    """
    from xray_core.datasets.audit import Verdict, known_audit
    from xray_core.datasets.joined import join_datasets
    from xray_core.datasets.open import open_dataset

    try:
        found = known_audit(join_datasets([open_dataset(path, labelled=False) for path in paths]))
    except (XrayError, OSError):
        return  # the training says what is wrong with the folders
    if found is None:
        names = " ".join(shlex.quote(os.path.normpath(path)) for path in paths)
        log(f"These films have not been audited: python -m xray_core dataset inspect {names}")
        return
    for finding in found.findings:
        if finding.verdict is Verdict.SERIOUS:
            log(f"Audit, serious: {finding.title}. {finding.sentence}")
