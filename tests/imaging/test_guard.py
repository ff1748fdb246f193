"""Whatever a file does to its decoder, the user gets one sentence and the next film is read."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from film_files import dicom, encode, film

from xray_core.errors import DecodeTimeout, UnreadableFilm, UnsuitableFilm
from xray_core.imaging import wire
from xray_core.imaging.guard import Guard, read_guarded
from xray_core.imaging.reader import read_radiograph
from xray_core.settings import PROJECT_ROOT

PNG = encode(film(8), "PNG")

# The real decoder process, in which films of certain names do to it what hostile ones may.
HOSTILE = """
import os, time
from xray_core.imaging import decoder_process, reader
decode = reader.read_radiograph
def read_radiograph(data, source):
    if source == "hang":
        while True:
            pass
    if source == "crash":
        os.abort()
    if source == "exit":
        os._exit(0)
    if source == "chatter":
        os.write(1, b"printed by a library")
        os.write(2, b"printed by a library")
    return decode(data, source)
reader.read_radiograph = read_radiograph
decoder_process.main()
"""


@pytest.fixture
def hostile(limits: pytest.MonkeyPatch) -> Iterator[Guard]:
    limits.setenv("XRAY_DECODE_SECONDS", "1")
    guard = Guard([sys.executable, "-c", HOSTILE], processes=1)
    yield guard
    guard.close()


def decoder_processes() -> set[int]:
    """Return this process's decoders; Linux only."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:  # a thread that was joined a moment ago
            continue
        for pid in children:
            if b"decoder_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def test_the_film_is_that_of_the_reader() -> None:
    data = dicom(
        film(12),
        bits=12,
        PatientAge="034Y",
        ImagerPixelSpacing=[0.2, 0.2],
        Modality="OT",
        ImageComments="SYNTHETIC",
    )
    guarded, plain = read_guarded(data, "a/film.dcm"), read_radiograph(data, "a/film.dcm")

    np.testing.assert_array_equal(guarded.pixels, plain.pixels)
    assert guarded.pixels.dtype == np.float32
    assert not guarded.pixels.flags.writeable
    assert (guarded.source, guarded.sha256) == (plain.source, plain.sha256)
    assert guarded.header == plain.header
    assert guarded.warnings == plain.warnings != ()
    assert guarded.synthetic


def test_refusals_are_those_of_the_reader() -> None:
    with pytest.raises(UnreadableFilm, match=r"^scan\.zip: this is a ZIP archive; allowed are"):
        read_guarded(b"PK\x03\x04...", "scan.zip")
    with pytest.raises(UnsuitableFilm, match=r"^film: this DICOM file is a CT image"):
        read_guarded(dicom(film(12), bits=12, Modality="CT"), "film")


def test_a_decode_that_hangs_is_ended_and_the_next_film_is_read(hostile: Guard) -> None:
    with pytest.raises(DecodeTimeout, match="hang: decoding took longer than the 1 seconds"):
        hostile.read(PNG, "hang")

    assert hostile.read(PNG, "film").shape == (96, 80)


@pytest.mark.parametrize("end", ["crash", "exit"])
def test_a_decoder_that_dies_is_replaced(hostile: Guard, end: str) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableFilm, match="the decoder crashed on this file"):
            hostile.read(PNG, end)
        assert hostile.read(PNG, "film").shape == (96, 80)


def test_what_libraries_print_goes_nowhere(
    hostile: Guard, capfd: pytest.CaptureFixture[str]
) -> None:
    assert hostile.read(PNG, "chatter").shape == (96, 80)
    assert capfd.readouterr() == ("", "")


def test_a_decoder_that_cannot_start_is_said() -> None:
    for command in ([sys.executable, "-c", "raise SystemExit(1)"], ["/nowhere/python"]):
        guard = Guard(command, processes=1)

        with pytest.raises(DecodeTimeout, match="film: the decoder process could not be started"):
            guard.read(PNG, "film")


def test_a_decoder_interrupted_while_it_starts_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    guard = Guard(processes=1)
    try:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(wire, "receive", interrupt)
            guard.read(PNG, "film")
        assert guard.read(PNG, "film").shape == (96, 80)
    finally:
        guard.close()


@linux
def test_a_decoder_killed_while_idle_is_replaced() -> None:
    read_guarded(PNG, "film")
    for pid in decoder_processes():
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert read_guarded(PNG, "film").shape == (96, 80)


@linux
def test_a_film_that_needs_too_much_memory_is_refused(limits: pytest.MonkeyPatch) -> None:
    limit = 700 * 2**20
    limits.setenv("XRAY_DECODE_MEMORY_BYTES", str(limit))
    deep = np.tile(film(16, 600, 500), (10, 12))  # 36 million pixels, within every other limit
    before = decoder_processes()
    guard = Guard(processes=1)
    try:
        with pytest.raises(UnreadableFilm, match="memory"):
            guard.read(encode(deep, "PNG", compress_level=1), "bomb.png")
        assert guard.read(PNG, "film").shape == (96, 80)
        (pid,) = decoder_processes() - before
        status = Path(f"/proc/{pid}/status").read_text()
        peak = int(status.split("VmPeak:")[1].split()[0]) * 1024
        assert peak <= limit
    finally:
        guard.close()


def test_many_threads_each_get_their_own_film() -> None:
    films = [film(8, 64 + i, 70 + i, seed=i) for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda f: read_guarded(encode(f, "PNG"), f"{len(f)}.png"), films))

    for made, found in zip(films, read, strict=True):
        assert found.source == f"{len(made)}.png"
        np.testing.assert_allclose(found.pixels, made / 255, atol=1e-7)


def test_a_script_without_a_main_guard_runs_once(tmp_path: Path) -> None:
    (tmp_path / "film.png").write_bytes(PNG)
    # A file that would be imported in the place of a module of Python's, were it looked at.
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from pathlib import Path\n"
        "from xray_core.imaging.guard import read_guarded\n"
        "print(read_guarded(Path('film.png').read_bytes(), 'film.png').shape)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("once\n(96, 80)\n", "")


@linux
def test_decoders_end_with_their_parent() -> None:
    script = (
        "import os, signal\n"
        "from test_guard import PNG, decoder_processes\n"
        "from xray_core.imaging.guard import read_guarded\n"
        "read_guarded(PNG, 'film')\n"
        "print(*decoder_processes(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    paths = os.pathsep.join([str(PROJECT_ROOT), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split(), done.stderr
    (pid,) = done.stdout.split()

    for _ in range(100):
        if not is_running(int(pid)):
            return
        time.sleep(0.1)
    raise AssertionError("the decoder outlived its parent")


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is not merely waiting to be collected."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] not in ("Z", "X")
