"""The scheduler and the worker of this computer: `python -m xray_core.jobs.cluster`.

They are processes of their own, which go on when the app ends, are reached on the loopback address
only, and end by themselves when there has been nothing to do for a while. A worker that dies is
replaced. `XRAY_HOME/jobs/scheduler.json` says where the scheduler is.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from xray_core.errors import JobError
from xray_core.file_lock import exclusive
from xray_core.settings import settings

HOST = "127.0.0.1"
IDLE = "30 minutes"
QUIET = {
    # One thread for numerical libraries is Dask's choice for its own tasks, not for a training.
    "distributed.nanny.pre-spawn-environ": {},
    # What watches over many small tasks would cost a core's twentieth for one that takes hours.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}


def folder() -> Path:
    """Return where the processes of jobs keep their files."""
    return settings().home.resolve() / "jobs"


def scheduler_file() -> Path:
    """Return the file that says where the scheduler is."""
    return folder() / "scheduler.json"


def cluster_folder() -> Path:
    """Return the folder that a cluster holds as long as it lives; its worker's files are in it."""
    return folder() / "cluster"


async def serve() -> None:
    """Be the scheduler, and keep one worker, until nothing was to be done for `IDLE`."""
    import dask
    from distributed import Nanny, Scheduler

    dask.config.set(QUIET)
    web: dict[str, Any] = {"dashboard": False, "dashboard_address": f"{HOST}:0"}
    async with Scheduler(host=HOST, port=0, idle_timeout=IDLE, **web) as scheduler:
        worker = Nanny(
            scheduler.address,
            host=HOST,
            nthreads=1,
            memory_limit=0,
            local_directory=str(cluster_folder()),
            **web,
        )
        async with worker:
            _announce(scheduler.address)
            try:
                await scheduler.finished()
            finally:
                scheduler_file().unlink(missing_ok=True)


def _announce(address: str) -> None:
    partial = scheduler_file().with_suffix(".partial")
    partial.write_text(json.dumps({"address": address, "pid": os.getpid()}))
    partial.replace(scheduler_file())


def main() -> None:
    """Run the cluster; one that is still ending is waited for."""
    with exclusive(cluster_folder(), JobError, wait=True):
        asyncio.run(serve())


if __name__ == "__main__":
    main()
