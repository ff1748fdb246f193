"""The process that decodes strangers' files: `python -m xray_core.imaging.decoder_process`.

It reads films from standard input and answers on standard output in the language of `wire`, until
standard input ends, which it does when the parent goes away in whatever manner.
"""

import faulthandler
import os
import signal
import sys
from typing import BinaryIO

from xray_core.errors import FilmError, UnreadableFilm
from xray_core.settings import settings

# Beyond the parent's deadline; only matters where the parent is gone and nobody else would end it.
_GRACE_SECONDS = 5.0


def main() -> None:
    """Serve until standard input ends."""
    limit_memory(settings().decode_memory_bytes)
    import cv2

    # Its threads, one for each core, are not those of OpenMP, and the stacks of many of them fill
    # the address space that a film may have.
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the parent's to take
    answers = _private_stdout()
    serve(sys.stdin.buffer, answers)


def limit_memory(limit: int) -> None:
    """Bound this process's address space, and leave no core file, where the platform can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, value in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS knows the limit but does not take it
            continue


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with a film or a `FilmError`; say first that everything is imported."""
    from xray_core.imaging import wire
    from xray_core.imaging.reader import read_radiograph

    wire.send(answers, {"ready": True})
    while True:
        try:
            head, data = wire.receive(requests)
        except EOFError:
            return
        _arm()
        try:
            wire.send_film(answers, read_radiograph(data, head["source"]))
        except FilmError as error:
            wire.send_error(answers, error)
        except MemoryError:
            reason = "reading this film needs more memory than is allowed."
            wire.send_error(answers, UnreadableFilm(head["source"], reason))
        faulthandler.cancel_dump_traceback_later()


def _arm() -> None:
    """End this process if it hangs, by a thread that needs no interpreter lock."""
    faulthandler.dump_traceback_later(settings().decode_seconds + _GRACE_SECONDS, exit=True)


def _private_stdout() -> BinaryIO:
    """Return the way to the parent, and send whatever libraries print to nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


if __name__ == "__main__":
    main()
