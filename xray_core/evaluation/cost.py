"""What a model costs: time for a film, parameters, bytes on disk and in memory."""

import time
from dataclasses import asdict, dataclass
from math import prod
from statistics import median
from typing import Any

from xray_core.errors import FilmError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import Classifier

CALLS = 9


@dataclass(frozen=True)
class Cost:
    """The cost of a model on this machine.

    Attributes:
        latency_ms: median of a few warm opinions on a decoded film: checks, lungs, crop, novelty
            and network. It depends on the machine and on what else runs there.
        parameters: numbers that the network holds; None where it is not counted in them.
        size_bytes: all files of the bundle.
        memory_bytes: estimated, not measured: parameters and every layer's output for one film,
            as float32; None where that is not known.
    """

    latency_ms: float
    parameters: int | None
    size_bytes: int
    memory_bytes: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the cost as JSON types."""
        return asdict(self)


def cost_of(classifier: Classifier) -> Cost:
    """Return what a model costs, timed on a phantom.

    A model that refuses the phantom, as one of a tight novelty limit or a raised XRAY_MIN_SIDE may,
    is timed on seeing and judging it, which is nearly all of the work.
    """
    film = phantom_radiograph(draw_phantom(7, PhantomKind.LOBAR))
    seconds = []
    for _ in range(CALLS + 1):
        started = time.perf_counter()
        try:
            view = classifier.examine(film).view
        except FilmError:
            started = time.perf_counter()
            view = classifier.see(film)
        classifier.probabilities(view.pixels[None])
        seconds.append(time.perf_counter() - started)
    count = getattr(classifier.model, "count_params", None)
    parameters = int(count()) if count else None
    outputs = _values(classifier.model)
    known = parameters is not None and outputs is not None
    return Cost(
        latency_ms=1000 * median(seconds[1:]),
        parameters=parameters,
        size_bytes=sum(f.stat().st_size for f in classifier.folder.rglob("*") if f.is_file()),
        memory_bytes=4 * ((parameters or 0) + (outputs or 0)) if known else None,
    )


def _values(model: Any) -> int | None:
    """Return how many numbers all layers of a Keras network put out for one film."""
    total = 0
    for layer in getattr(model, "layers", ()):
        if hasattr(layer, "layers"):
            inner = _values(layer)
        else:
            output = getattr(layer, "output", None)
            shape = getattr(output, "shape", None)
            inner = prod(side for side in shape if side) if shape else 0
        if inner is None:
            return None
        total += inner
    return total or None
