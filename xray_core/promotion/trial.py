"""Tries a stranger's bundle in a process of its own: `python -m xray_core.promotion.trial FOLDER`.

Nothing in a bundle is code, but the libraries that read networks are large: a file made to crash
or to hang one of them must not take the app with it. The process ends with the app.
"""

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

from xray_core.bundle import BundleInfo, BundleManifest
from xray_core.bundle.store import bundle_sha256
from xray_core.child_process import end_with_parent, environment
from xray_core.errors import BundleError, XrayError

SECONDS = 600.0
"""Importing TensorFlow alone takes minutes on a machine that is busy."""
GRACE_SECONDS = 5.0
"""Beyond the parent's deadline; only matters where the parent is gone and the process hangs."""
REFUSED = 3
# -P: a stranger's file called json.py in the working directory is not to be imported.
COMMAND = (sys.executable, "-P", "-m", "xray_core.promotion.trial")


def try_bundle(folder: Path, title: str) -> None:
    """Load a bundle that nobody trusts yet, as it would be loaded, and let it score an empty film.

    Checked on the way: layer types and operations (`bundle.safety`, `bundle.lite`), that the
    weights are no larger than they claim, that the network fits the manifest and gives numbers.

    Args:
        folder: of the bundle.
        title: what it is called in messages.

    Raises:
        BundleError: it cannot be loaded; or loading crashed, or took longer than ten minutes.
    """
    watched, held = os.pipe()  # which ends with this process, in whatever manner
    try:
        done = subprocess.run(
            [*COMMAND, str(folder)],
            stdin=watched,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env=environment(TF_CPP_MIN_LOG_LEVEL="3"),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BundleError(f"{title}: loading it took over {SECONDS:g} seconds.") from None
    finally:
        os.close(watched)
        os.close(held)
    if done.returncode == REFUSED:
        raise BundleError(f"{title}: {done.stdout.decode('utf-8', 'replace').strip()}")
    if done.returncode:
        raise BundleError(
            f"{title}: the weights crashed the process that tried them, so they are not used."
        )


def end_by_itself() -> None:
    """End this process when the parent does, and in any case after the time that a trial has.

    The latter by a thread that needs no interpreter lock, which what hangs may hold.
    """
    end_with_parent()
    faulthandler.dump_traceback_later(SECONDS + GRACE_SECONDS, exit=True)


def main(folder: Path) -> int:
    """Load the bundle; print what is wrong with it."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # what libraries print is no answer
    try:
        _load(folder)
    except XrayError as error:
        print(error, file=answers)
        return REFUSED
    return 0


def _load(folder: Path) -> None:
    manifest = BundleManifest.read(folder)
    info = BundleInfo(
        manifest.name, manifest.kind, folder, bundle_sha256(folder), manifest, champion=False
    )
    if manifest.kind == "segmenter":
        from xray_core.lungs import LungFinder

        LungFinder(info)
    else:
        from xray_core.inference import Classifier

        Classifier(info)


if __name__ == "__main__":
    end_by_itself()
    sys.exit(main(Path(sys.argv[1])))
