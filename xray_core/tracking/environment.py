"""What a run was made with."""

import os
import platform
import sys
from functools import cache
from importlib.metadata import distributions
from typing import Any


def environment() -> dict[str, Any]:
    """Return this process's software and machine as JSON types; no host and no user is named."""
    return {
        "python": sys.version.split()[0],
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": dict(_packages()),
    }


@cache
def _packages() -> dict[str, str]:
    """Return name → version, by name; read once, as what this process has imported stays too."""
    found = {d.name: d.version for d in distributions() if d.name}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))
