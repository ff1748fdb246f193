"""`bundle.json`: everything about a saved model that is not weights."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from xray_core.errors import BundleError
from xray_core.imaging.geometry import Normalisation
from xray_core.labels import CLASSES, NORMAL, Task

NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"
"""What a bundle may be called: it is the name of its folder too."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Frozen):
    """A figure with its 95 % interval; `value` is None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None


class OutputSpec(_Frozen):
    """One output: its name and the classes that it stands for."""

    name: str
    classes: tuple[str, ...]


class InputSpec(_Frozen):
    """The network's input: side in pixels and number of channels."""

    size: int = Field(ge=32, le=1024)
    channels: int = Field(1, ge=1, le=1)


class Preprocessing(_Frozen):
    """From film to input: crop, resize (area-averaged), then normalise."""

    crop: Literal["none"] = "none"
    normalisation: Normalisation = "percentile"
    low: float = 0.5
    high: float = 99.5


class OperatingPoint(_Frozen):
    """A threshold on P(pneumonia), how it was chosen, and what it gave on the films that chose it.

    Attributes:
        rule: the sentence that says how the threshold was chosen.
        chosen_on: which films.
    """

    name: str
    threshold: float = Field(ge=0, le=1)
    rule: str
    chosen_on: str
    films: int
    patients: int
    sensitivity: Interval
    specificity: Interval


class NoveltyLimits(_Frozen):
    """Distances from the training films above which a film is flagged, and refused.

    The distance is that of `xray_core.novelty`; the arrays lie in `novelty.npz` of the bundle.
    """

    flag: float = Field(gt=0)
    refuse: float = Field(gt=0)
    chosen_on: str


class BundleManifest(_Frozen):
    """The content of `bundle.json`.

    Attributes:
        kind: `classifier` or `segmenter`.
        temperature: logits are divided by it before the softmax (Guo et al. 2017).
        metrics: for each set of films that was scored, the figures with their intervals.
        training: the training configuration that made the weights.
        environment: versions of the packages that made them.
    """

    format_version: Literal[1] = 1
    name: str = Field(pattern=NAME)
    title: str
    kind: Literal["classifier", "segmenter"]
    network: str
    outputs: tuple[OutputSpec, ...]
    input: InputSpec
    preprocessing: Preprocessing
    temperature: float = Field(gt=0)
    operating_points: tuple[OperatingPoint, ...]
    novelty: NoveltyLimits | None
    metrics: dict[str, dict[str, Any]]
    training: dict[str, Any]
    environment: dict[str, str]

    @field_validator("outputs")
    @classmethod
    def _divide_the_classes(cls, outputs: tuple[OutputSpec, ...]) -> tuple[OutputSpec, ...]:
        named = [name for output in outputs for name in output.classes]
        if len(set(named)) < len(named) or not set(named) <= set(CLASSES):
            raise ValueError(f"outputs share a class, or name one that is not of {CLASSES}")
        if (NORMAL,) not in [output.classes for output in outputs] or len(outputs) < 2:
            raise ValueError("outputs are at least two, and one of them is NORMAL alone")
        return outputs

    @property
    def task(self) -> Task:
        """The outputs as a task."""
        return Task(
            self.name,
            tuple(output.name for output in self.outputs),
            tuple(frozenset(output.classes) for output in self.outputs),
        )

    @property
    def operating_point(self) -> OperatingPoint:
        """The first operating point: the one that decisions use.

        Raises:
            BundleError: there is none.
        """
        if not self.operating_points:
            raise BundleError(f"model {self.name!r} has no operating point, so it cannot decide.")
        return self.operating_points[0]

    @classmethod
    def read(cls, folder: Path) -> "BundleManifest":
        """Read `bundle.json` of a folder.

        Raises:
            BundleError: it is missing or not valid.
        """
        path = folder / "bundle.json"
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise BundleError(f"{folder.name}: no bundle.json could be read there.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BundleError(
                f"{folder.name}: bundle.json is not valid at {where!r}: {first['msg']}."
            ) from error

    def write(self, folder: Path) -> None:
        """Write `bundle.json` into a folder."""
        (folder / "bundle.json").write_bytes(self.model_dump_json(indent=2).encode() + b"\n")
