"""The versions of what makes an opinion and its explanation, as their records state them."""

import platform
from importlib.metadata import PackageNotFoundError, version

from xray_core import __version__

# What decodes, scores and explains, and under which other names some of it may be installed.
PACKAGES = (
    "keras",
    "lime",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pydicom",
    "pyjpegls",
    "pylibjpeg",
    "pylibjpeg-libjpeg",
    "pylibjpeg-openjpeg",
    "pylibjpeg-rle",
    "scikit-image",
    "scikit-learn",
    "scipy",
    "simplejpeg",
    "tensorflow",
)
OTHER_NAMES = {"tensorflow": ("tensorflow-cpu",), "opencv-python-headless": ("opencv-python",)}


def versions() -> dict[str, str]:
    """Return the version of Kerley, of Python and of each package that is installed.

    Nothing is imported: TensorFlow alone would take seconds.
    """
    found = {name: _version(name) for name in PACKAGES}
    installed = {name: number for name, number in found.items() if number}
    return {"kerley": __version__, "python": platform.python_version(), **installed}


def _version(name: str) -> str | None:
    for other in (name, *OTHER_NAMES.get(name, ())):
        try:
            return version(other)
        except PackageNotFoundError:
            continue
    return None
