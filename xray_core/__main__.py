"""The command line: `python -m xray_core --help`."""

import logging
import os
import signal
import sys

from xray_core.cli import main
from xray_core.onednn import ask_for_onednn


def _keep_streams_clean() -> None:
    """Leave standard error to this program: TensorFlow's C++ writes there whatever it is told."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Where the home folder cannot be written to, it tells of its font cache at length.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    _keep_closed_streams_unused()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    else:
        own = os.dup(sys.stderr.fileno())
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stderr.fileno())
        os.close(null)
        sys.stderr = os.fdopen(own, "w", buffering=1, encoding=sys.stderr.encoding)
    for stream in (sys.stdout, sys.stderr):
        # Neither a file's name nor a narrow encoding may stop a result from being printed.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def _keep_closed_streams_unused() -> None:
    """Put nothing where a standard stream was closed: the next file opened would come there."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


if __name__ == "__main__":
    _keep_streams_clean()
    ask_for_onednn()
    # A machine that shuts down ends a training as Ctrl-C does: its run in MLflow says so.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
