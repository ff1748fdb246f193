"""The command line: `python -m xray_core --help`."""

import os
import sys

from xray_core.cli import main


def _keep_streams_clean() -> None:
    """Leave standard error to this program: TensorFlow's C++ writes there whatever it is told."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if sys.stderr is not None:
        own = os.dup(sys.stderr.fileno())
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stderr.fileno())
        os.close(null)
        sys.stderr = os.fdopen(own, "w", buffering=1, encoding=sys.stderr.encoding)
    for stream in (sys.stdout, sys.stderr):
        # Neither a file's name nor a narrow encoding may stop a result from being printed.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    _keep_streams_clean()
    sys.exit(main())
