"""The versions in a record: Kerley's own, and of what decides an opinion where it is installed."""

import platform
import subprocess
import sys
from importlib import metadata

from xray_core import __version__
from xray_core.reports import versions as module
from xray_core.reports.versions import versions

DECIDE = {
    "kerley", "python", "tensorflow", "keras", "numpy", "scipy", "opencv-python-headless", "pillow",
    "pydicom", "pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pyjpegls", "lime",
    "scikit-image", "scikit-learn",
}  # fmt: skip


def test_what_decides_an_opinion_is_there():
    found = versions()
    assert found.keys() >= DECIDE
    assert (found["kerley"], found["python"]) == (__version__, platform.python_version())
    assert found["pillow"] == metadata.version("pillow")


def test_a_package_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    assert versions().keys() == {"kerley", "python", "numpy"}


def test_a_package_may_be_installed_under_another_name(monkeypatch):
    monkeypatch.setattr(module, "PACKAGES", ("numbers",))
    monkeypatch.setattr(module, "OTHER_NAMES", {"numbers": ("numpy",)})
    assert versions()["numbers"] == metadata.version("numpy")


def test_nothing_is_imported_for_it():
    code = (
        "import sys; from xray_core.reports.versions import versions; versions();"
        "print(*({'tensorflow', 'keras', 'skimage', 'cv2', 'pydicom'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
