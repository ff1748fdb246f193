"""The epochs of a run, as metrics of MLflow."""

import csv
import io
import time
from collections.abc import Mapping, Sequence
from typing import Any

from xray_core.tracking.store import open_runs

Row = dict[str, float]
"""`epoch`, `time` in seconds since 1970, and every figure of the epoch by its name."""

LEADING = "loss"
"""Every epoch has it, so it tells which epochs there are."""


def log_epochs(run: str, epochs: Sequence[Mapping[str, Any]], prefix: str = "") -> None:
    """Log the figures of epochs, each under its name with the epoch as step.

    Args:
        run: the run.
        epochs: each with `epoch`, from 1, and its figures; what is no number is passed over.
        prefix: of the names of the metrics, with a slash at its end.

    Raises:
        TrackingError: the store cannot be written.
    """
    with open_runs() as store:
        from mlflow.entities import Metric

        for found in epochs:
            now, step = int(time.time() * 1000), int(found["epoch"])
            metrics = [
                Metric(prefix + name, float(value), now, step)
                for name, value in found.items()
                if name != "epoch" and isinstance(value, int | float)
            ]
            store.client.log_batch(run, metrics=metrics)


def epoch_rows(run: str, prefix: str = "") -> tuple[Row, ...]:
    """Return the epochs of a run in their order, or those whose metrics have a prefix.

    A run that began anew, because its data or settings had changed, has logged some epochs twice:
    what it logged before it began anew is left out.

    Raises:
        TrackingError: the store cannot be read.
    """
    with open_runs() as store:
        every = store.client.get_run(run).data.metrics
        names = [name[len(prefix) :] for name in every if name.startswith(prefix)]
        names = [name for name in names if "/" not in name]
        if LEADING not in names:
            return ()
        points = {name: store.client.get_metric_history(run, prefix + name) for name in names}
    rows: list[Row] = []
    for point in sorted(points[LEADING], key=lambda p: (p.timestamp, p.step)):
        rows = [row for row in rows if row["epoch"] < point.step]
        rows.append({"epoch": point.step, "time": point.timestamp / 1000})
    figures = {(n, p.step, p.timestamp): p.value for n, found in points.items() for p in found}
    for row in rows:
        at = int(row["epoch"]), round(row["time"] * 1000)
        row |= {name: figures[name, *at] for name in sorted(names) if (name, *at) in figures}
    return tuple(rows)


def history_csv(rows: Sequence[Row]) -> str:
    """Return the epochs as CSV, one row each, without the time."""
    names: list[Any] = [
        "epoch",
        *sorted({name for row in rows for name in row} - {"epoch", "time"}),
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "epoch": int(row["epoch"])} for row in rows)
    return text.getvalue()
