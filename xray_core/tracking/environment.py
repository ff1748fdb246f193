"""What a run was made with."""

import os
import platform
import sys
from importlib.metadata import distributions
from typing import Any


def environment() -> dict[str, Any]:
    """Return this process's software and machine as JSON types; no host and no user is named."""
    packages = {d.name: d.version for d in distributions() if d.name}
    return {
        "python": sys.version.split()[0],
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": dict(sorted(packages.items(), key=lambda item: item[0].lower())),
    }
