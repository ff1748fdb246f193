"""Whatever ends a job, its owner reads one sentence that says what to do."""

import errno

import pytest

from xray_core.errors import DatasetError
from xray_core.jobs.reasons import DISK, MEMORY, why_ended, why_failed


def chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class ResourceExhaustedError(Exception):
    """What TensorFlow calls it, without TensorFlow."""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError("Unable to allocate 7 TiB"), MEMORY),
        (ResourceExhaustedError("OOM when allocating tensor"), MEMORY),
        (ResourceExhaustedError("/x/model.tflite; No space left on device"), DISK),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), DISK),
        (OSError("file write failed: errno = 28, 'No space left on device'"), DISK),
        (chained(RuntimeError("h5"), OSError(errno.ENOSPC, "No space left on device")), DISK),
        (DatasetError("the folder\nis gone."), "the folder is gone."),
        (PermissionError(13, "Permission denied", "/data"), "/data: Permission denied."),
        (KeyError("x"), "an unexpected KeyError stopped it: 'x'"),
        (ValueError("no db://u:p@h"), "an unexpected ValueError stopped it: no db://…@h"),
    ],
)
def test_what_a_training_raises(error, sentence):
    assert why_failed(error) == sentence


@pytest.mark.parametrize(
    ("code", "part"),
    [(-9, "was killed"), (-11, "crashed (SIGSEGV)"), (-6, "crashed (SIGABRT)"), (3, "exit code 3")],
)
def test_how_a_process_ends(code, part):
    said = why_ended(code)
    assert part in said
    assert "\n" not in said
