"""The process of one job: `python -m xray_core.jobs.child RUN`, started by a worker.

What it prints goes to the job's log. Standard output carries one JSON object at the end: `done`
with the bundle's folder, or `failed` with a sentence. It ends when standard input does, which is
when the worker is gone.
"""

import json
import os
import sys
import traceback
from contextlib import suppress
from typing import BinaryIO

from xray_core.child_process import end_with_parent

NICER = 5
"""Diagnose, on the same computer, goes before training."""


def main() -> None:
    """Do the job and say how it ended."""
    answer = _private_stdout()
    end_with_parent()
    with suppress(AttributeError, OSError):  # Windows
        os.nice(NICER)
    from xray_core.jobs.reasons import why_failed

    try:
        from xray_core.jobs.work import carry_out

        said = {"done": carry_out(sys.argv[1])}
    except BaseException as error:
        traceback.print_exc()
        said = {"failed": why_failed(error)}
    answer.write(json.dumps(said).encode())
    answer.flush()


def _private_stdout() -> BinaryIO:
    """Return the way to the worker, and send what libraries print to the log."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answer


if __name__ == "__main__":
    main()
