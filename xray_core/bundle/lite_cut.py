"""Where a network's quick form can be cut in two, and which part of the film the first part sees.

Early feature maps are local: a place of theirs depends on a small window of the film (Araujo,
Norris and Sim 2019, "Computing receptive fields of convolutional neural networks",
doi 10.23915/distill.00021). Films that agree in that window have the same features there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOWS = {"CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D"}
"""Operations that look at a window."""
POINTWISE = {
    *("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "RELU", "RELU6", "RELU_N1_TO_1"),
    *("LEAKY_RELU", "ELU", "PRELU", "LOGISTIC", "TANH", "HARD_SWISH", "GELU", "EXP", "SQRT"),
    *("RSQRT", "SQUARE", "NEG", "CONCATENATION"),
}
"""Operations that look at one place, of all that enters."""
WEIGHED = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}
"""Operations whose multiplications are counted."""
SAME = 0
"""The padding of TensorFlow Lite by which an operation of stride 1 keeps the size."""

FLOAT32, INT64 = 0, 4
"""Types of tensors, by their numbers in TensorFlow Lite's schema."""

Windows = NDArray[np.intp]
"""For each row (or column) of a feature map the first and the last of the film, (n, 2)."""
Geometry = tuple[int, int, int, int]
"""Size of what comes out, extent of the window, stride, and padding before the first."""


@dataclass(frozen=True)
class LiteCut:
    """A place where one feature map is all that the rest of the network needs.

    Attributes:
        operations: how many operations lie before it.
        tensor: the number of that feature map in the file.
        rows: of the film that each of its rows depends on, first and last, (h, 2).
        columns: likewise, (w, 2).
        channels: of the feature map.
        early: multiplications of the part before it, for one film.
        late: of the part after it.
    """

    operations: int
    tensor: int
    rows: Windows
    columns: Windows
    channels: int
    early: int
    late: int


def find_cuts(content: bytes) -> tuple[LiteCut, ...]:
    """Return every cut of a TensorFlow Lite network (N, H, W, C) whose first part is local.

    The file must be one that `LiteNetwork` has loaded.
    """
    model = _parse(content)
    graph = model.subgraphs[0]
    last_use = {int(t): i for i, op in enumerate(graph.operators) for t in op.inputs}
    last_use |= {int(t): len(graph.operators) for t in graph.outputs}
    work = [_multiplications(model, op) for op in graph.operators]
    film = int(graph.inputs[0])
    made = {film}
    views = {film: tuple(_each(int(n)) for n in graph.tensors[film].shape[1:3])}
    cuts = []
    for i, op in enumerate(graph.operators):
        out = int(op.outputs[0])
        view = _view(model, op, views, made)
        made |= {int(t) for t in op.outputs}
        if view is None:
            continue
        views[out] = view
        if not any(last_use.get(t, -1) > i for t in made - {out}):
            early, channels = sum(work[: i + 1]), int(graph.tensors[out].shape[-1])
            cuts.append(LiteCut(i + 1, out, view[0], view[1], channels, early, sum(work) - early))
    return tuple(cuts)


def cut_lite(content: bytes, cut: LiteCut) -> tuple[bytes, bytes]:
    """Return the part before a cut and the part after it, each a TensorFlow Lite network."""
    early, late = _parse(content), _parse(content)
    graph = early.subgraphs[0]
    graph.operators, graph.outputs = graph.operators[: cut.operations], [cut.tensor]
    graph = late.subgraphs[0]
    graph.operators, graph.inputs = graph.operators[cut.operations :], [cut.tensor]
    return _written(early), _written(late)


def _parse(content: bytes) -> Any:
    from tensorflow.lite.tools.flatbuffer_utils import convert_bytearray_to_object

    return convert_bytearray_to_object(bytearray(content))


def _written(model: Any) -> bytes:
    """Return a network as a file, without the weights that it does not use."""
    from tensorflow.lite.tools.flatbuffer_utils import convert_object_to_bytearray

    graph = model.subgraphs[0]
    used = {graph.tensors[t].buffer for op in graph.operators for t in op.inputs if t >= 0}
    for number, buffer in enumerate(model.buffers):
        if number not in used:
            buffer.data = None
    model.signatureDefs = None  # they name what entered and left the whole network
    return bytes(convert_object_to_bytearray(model))


def _name(model: Any, op: Any) -> str:
    from tensorflow.lite.python.schema_py_generated import BuiltinOperator

    code = model.operatorCodes[op.opcodeIndex]
    # Files of before 2020 have the small numbers in the field that is deprecated since.
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    return next(name for name, value in vars(BuiltinOperator).items() if value == number)


def _multiplications(model: Any, op: Any) -> int:
    """Return how many an operation with weights takes; others count for nothing."""
    if _name(model, op) not in WEIGHED:
        return 0
    tensors = model.subgraphs[0].tensors
    weights, out = tensors[op.inputs[1]].shape, tensors[op.outputs[0]].shape
    return int(np.prod(weights)) * int(np.prod(out[1:-1]))


def _view(
    model: Any, op: Any, views: dict[int, tuple[Windows, ...]], made: set[int]
) -> tuple[Windows, ...] | None:
    """Return the windows of what an operation makes, or None where they are not known to be small.

    Args:
        model: the whole network.
        op: the operation.
        views: windows, rows and columns, of the feature maps so far.
        made: numbers of all that was computed so far; what else enters is constant.
    """
    entering = [int(t) for t in op.inputs if int(t) in made]
    if not entering or any(t not in views for t in entering):
        return None
    graph, name, seen = model.subgraphs[0], _name(model, op), [views[t] for t in entering]
    numbers = [int(t) for t in (*op.inputs, *op.outputs) if t >= 0]
    if name == "PAD":
        view = tuple(map(_through, seen[0], _padding(model, op)))
    elif any(graph.tensors[t].type != FLOAT32 for t in numbers):
        return None  # rounded, perhaps by the range of a whole feature map
    elif name == "CONCATENATION" and op.builtinOptions.axis not in (-1, 3):
        return None
    elif name in WINDOWS:
        view = tuple(map(_through, seen[0], _geometry(name, graph, op, seen[0])))
    elif name in POINTWISE and len({tuple(map(len, view)) for view in seen}) == 1:
        view = tuple(map(_together, *seen))
    else:
        return None
    # A file may state other shapes than the network has when it runs; then nothing is known.
    shape = graph.tensors[op.outputs[0]].shape
    stated = None if shape is None else [int(n) for n in shape]
    return view if stated and stated[1:-1] == [len(windows) for windows in view] else None


def _geometry(name: str, graph: Any, op: Any, seen: tuple[Windows, ...]) -> list[Geometry]:
    options = op.builtinOptions
    if name.endswith("POOL_2D"):
        extents = options.filterHeight, options.filterWidth
    else:
        kernel = graph.tensors[op.inputs[1]].shape[1:3]
        dilations = options.dilationHFactor, options.dilationWFactor
        extents = tuple((int(k) - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
    geometry = []
    for windows, extent, stride in zip(
        seen, extents, (options.strideH, options.strideW), strict=True
    ):
        size = len(windows)
        if options.padding == SAME:
            out = -(-size // stride)
            before = max((out - 1) * stride + extent - size, 0) // 2
        else:
            out, before = -(-(size - extent + 1) // stride), 0
        geometry.append((out, extent, stride, before))
    return geometry


def _padding(model: Any, op: Any) -> list[Geometry]:
    graph = model.subgraphs[0]
    amounts, out = graph.tensors[op.inputs[1]], graph.tensors[op.outputs[0]].shape
    numbers = np.frombuffer(
        bytes(model.buffers[amounts.buffer].data), np.int64 if amounts.type == INT64 else np.int32
    )
    return [(int(out[axis]), 1, 1, int(numbers[2 * axis])) for axis in (1, 2)]


def _each(n: int) -> Windows:
    return np.repeat(np.arange(n, dtype=np.intp)[:, None], 2, axis=1)


def _through(windows: Windows, geometry: Geometry) -> Windows:
    """Return the windows behind an operation that looks at windows itself."""
    out, extent, stride, before = geometry
    first = np.arange(out) * stride - before
    inside = np.clip(np.stack([first, first + extent - 1], axis=1), 0, len(windows) - 1)
    return np.stack([windows[inside[:, 0], 0], windows[inside[:, 1], 1]], axis=1)


def _together(*windows: Windows) -> Windows:
    """Return the windows that hold all of those given."""
    first, last = (np.stack([w[:, side] for w in windows]) for side in (0, 1))
    return np.stack([first.min(axis=0), last.max(axis=0)], axis=1)
