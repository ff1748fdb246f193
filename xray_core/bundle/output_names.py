"""Outputs of a classifier divide the classes, and are called what they stand for."""

from collections.abc import Sequence

from xray_core.labels import CLASSES, NORMAL, PNEUMONIA

Classes = tuple[str, ...]


def check_outputs(outputs: Sequence[tuple[str, Classes]]) -> None:
    """Refuse outputs that share classes, or whose names say something else than their classes.

    Pages show the names: a wrong one would put the probability of one disease beside another.

    Args:
        outputs: name and classes of each.

    Raises:
        ValueError: they do not divide the classes, or a name is not what it stands for.
    """
    stated = [name for _, classes in outputs for name in classes]
    if len(set(stated)) < len(stated) or not set(stated) <= set(CLASSES):
        raise ValueError(f"outputs share a class, or name one that is not of {CLASSES}")
    if (NORMAL,) not in [classes for _, classes in outputs] or len(outputs) < 2:
        raise ValueError("outputs are at least two, and one of them is NORMAL alone")
    for name, classes in outputs:
        if len(classes) == 1 and name != classes[0]:
            raise ValueError(f"an output named {name!r} stands for {classes[0]} alone")
        if len(classes) > 1 and name in CLASSES:
            raise ValueError(f"an output named {name!r} stands for {', '.join(classes)}")
    if PNEUMONIA in dict(outputs) and len(outputs) > 2:
        raise ValueError(f"an output named {PNEUMONIA!r} is not all but {NORMAL}")
    if len(dict(outputs)) < len(outputs):
        raise ValueError("two outputs have the same name")
