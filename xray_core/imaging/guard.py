"""Decoding of strangers' files in processes that may hang, crash or run out of memory.

A process started by its own command, not `multiprocessing`: spawning would import the caller's
`__main__` again (the Streamlit server, a script without a guard), and forking would copy
TensorFlow's threads in the middle of whatever they do.
"""

import atexit
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache

from xray_core.child_process import environment, pipe
from xray_core.errors import DecodeTimeout, FilmError, UnreadableFilm
from xray_core.imaging import wire
from xray_core.imaging.limits import check_bytes
from xray_core.imaging.naming import display_name
from xray_core.imaging.radiograph import Radiograph
from xray_core.settings import settings

START_SECONDS = 60.0
PROCESSES = 2
# -P: a stranger's file called json.py in the working directory is not to be imported.
COMMAND = (sys.executable, "-P", "-m", "xray_core.imaging.decoder_process")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Each costs address space."""


def read_guarded(data: bytes, source: str) -> Radiograph:
    """Decode one film as `reader.read_radiograph` does, whatever the bytes do to the decoder.

    A decoder process that exceeds `XRAY_DECODE_SECONDS` or `XRAY_DECODE_MEMORY_BYTES`, or crashes,
    is replaced. May be called from several threads; two films are decoded at a time.

    Args:
        data: the whole file.
        source: the file's name.

    Raises:
        DecodeTimeout: decoding took too long, or no decoder process could be started.
        UnreadableFilm: as `read_radiograph`; or decoding took too much memory, or crashed.
        UnsuitableFilm: as `read_radiograph`.
    """
    with _lock:
        guard = _guard(os.getpid())
    return guard.read(data, source)


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _guard(pid: int) -> "Guard":
    """Return this process's guard; a forked child gets its own, not its parent's pipes."""
    guard = Guard()
    atexit.register(guard.close)
    return guard


class Guard:
    """A few decoder processes, each serving one film at a time."""

    def __init__(self, command: Sequence[str] = COMMAND, processes: int = PROCESSES) -> None:
        self._owner = os.getpid()
        self._decoders = [_Decoder(command) for _ in range(processes)]
        # Last in, first out: a process that is running already is asked before one that is not.
        self._idle: queue.LifoQueue[_Decoder] = queue.LifoQueue()
        for decoder in self._decoders:
            self._idle.put(decoder)

    def read(self, data: bytes, source: str) -> Radiograph:
        """Decode one film; see `read_guarded`."""
        name = display_name(source)
        check_bytes(data, name)
        decoder = self._idle.get()
        try:
            return decoder.decode(data, name)
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        """End all decoder processes; in a forked child, which does not own them, do nothing."""
        if os.getpid() != self._owner:
            return
        for decoder in self._decoders:
            decoder.stop()


class _Decoder:
    """One decoder process: started when first needed, replaced when it was ended or died."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, data: bytes, name: str) -> Radiograph:
        """Decode one film within the deadline."""
        seconds = settings().decode_seconds
        process = self._running(name)
        deadline = _Deadline(process, seconds)
        try:
            with deadline:
                wire.send(pipe(process.stdin), {"source": name}, data)
                return wire.receive_film(pipe(process.stdout))
        except FilmError:
            raise
        except Exception:  # it is gone, or no longer speaks our language
            self.stop()
            if deadline.passed:
                why = f"decoding took longer than the {seconds:g} seconds that are allowed."
                raise DecodeTimeout(name, why) from None
            megabytes = settings().decode_memory_bytes / 2**20
            why = (
                "the decoder crashed on this file, which is damaged or needs more than the "
                f"{megabytes:,.0f} MB of memory that are allowed."
            )
            raise UnreadableFilm(name, why) from None
        except BaseException:  # interrupted half-way: the next answer would be this film's
            self.stop()
            raise

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            try:
                pipe(end).close()
            except OSError:  # what was not sent yet can no longer be
                continue

    def _running(self, name: str) -> subprocess.Popen[bytes]:
        """Return the process, started and ready."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.stop()
        try:
            self._process = process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(**ONE_THREAD),
            )
            with _Deadline(process, START_SECONDS):
                wire.receive(pipe(process.stdout))
        except Exception:
            self.stop()
            # The film has no part in it: a machine with more memory or time starts one.
            raise DecodeTimeout(
                name, "the decoder process could not be started, so no film can be read."
            ) from None
        except BaseException:  # interrupted: its word that it is ready would be the next answer
            self.stop()
            raise
        return process


class _Deadline:
    """Kills a process unless the block is left in time; reading from it then ends."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.passed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self.passed = True
        self._process.kill()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # after this it either has killed or never will
