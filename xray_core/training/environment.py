"""The packages that made a model, as its bundle states them."""

import platform
from importlib.metadata import version

PACKAGES = ("keras", "numpy", "scikit-image")


def environment() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a training."""
    import cv2
    import tensorflow

    # Distributed under more than one name each.
    modules = {"tensorflow": tensorflow.__version__, "opencv": cv2.__version__}
    packages = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **modules, **packages}
