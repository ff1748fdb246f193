"""`bundle.json`: everything about a saved model that is not weights."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from xray_core.bundle.output_names import check_outputs
from xray_core.bundle.part import NAME, Frozen
from xray_core.bundle.preprocessing import Preprocessing
from xray_core.bundle.stated import check_metrics, check_training
from xray_core.errors import BundleError
from xray_core.labels import Task

Kind = Literal["classifier", "segmenter"]


class Interval(Frozen):
    """A figure with its 95 % interval; `value` is None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None


class OutputSpec(Frozen):
    """One output: its name, which goes into names of files too, and its classes."""

    name: str = Field(pattern=r"^[A-Z0-9][A-Z0-9 |+_-]{0,39}$")
    classes: tuple[str, ...] = Field(min_length=1)


class InputSpec(Frozen):
    """The network's input: side in pixels and number of channels."""

    size: int = Field(ge=32, le=1024)
    channels: int = Field(1, ge=1, le=1)


class OperatingPoint(Frozen):
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


class NoveltyLimits(Frozen):
    """Distances from the training films above which a film is flagged, and refused.

    The distance is that of `xray_core.novelty`; the arrays lie in `novelty.npz` of the bundle.
    """

    flag: float = Field(gt=0)
    refuse: float = Field(gt=0)
    chosen_on: str


class LungLimits(Frozen):
    """What a plausible pair of lungs measures, in the network's square view of the film.

    Attributes:
        area: least and largest share of the film that the lungs cover.
        aspect: least and largest height over width of their box.
        balance: least area of the smaller side over that of the larger.
        certainty: least mean probability of the lungs' pixels.
        edge: largest share of a side of their box that lies on the film's edge.
        upright: least probability that the pair of lungs is upright.
        chosen_on: which films.
    """

    area: tuple[float, float]
    aspect: tuple[float, float]
    balance: float
    certainty: float
    edge: float
    upright: float
    chosen_on: str


_OF_KIND = {
    "classifier": frozenset({"outputs", "temperature", "operating_points", "novelty"}),
    "segmenter": frozenset({"lungs"}),
}
"""What a bundle of one kind states and one of the other kind may not."""


def _foreign(kind: str) -> frozenset[str]:
    return frozenset[str]().union(*(own for other, own in _OF_KIND.items() if other != kind))


class BundleManifest(Frozen):
    """The content of `bundle.json`.

    A classifier states `outputs`, `temperature`, `operating_points` and `novelty`, a segmenter
    `lungs`; neither states what belongs to the other.

    Attributes:
        kind: `classifier` or `segmenter`.
        temperature: logits are divided by it before the softmax (Guo et al. 2017).
        lungs: the limits by which a segmenter's lungs are called plausible.
        metrics: for each set of films that was scored, the figures with their intervals.
        training: the training configuration that made the weights.
        environment: versions of the packages that made them.
    """

    format_version: Literal[1] = 1
    name: str = Field(pattern=NAME)
    title: str
    kind: Kind
    network: str
    outputs: tuple[OutputSpec, ...] = ()
    input: InputSpec
    preprocessing: Preprocessing
    temperature: float = Field(1.0, ge=0.01, le=100, allow_inf_nan=False)
    operating_points: tuple[OperatingPoint, ...] = ()
    novelty: NoveltyLimits | None = None
    lungs: LungLimits | None = None
    metrics: Annotated[dict[str, dict[str, Any]], AfterValidator(check_metrics)]
    training: Annotated[dict[str, Any], AfterValidator(check_training)]
    environment: dict[str, str]

    @field_validator("outputs")
    @classmethod
    def _divide_the_classes(cls, outputs: tuple[OutputSpec, ...]) -> tuple[OutputSpec, ...]:
        check_outputs([(output.name, output.classes) for output in outputs])
        return outputs

    @model_validator(mode="after")
    def _state_what_the_kind_has(self) -> Self:
        if missing := sorted(_OF_KIND[self.kind] - self.model_fields_set):
            raise ValueError(f"a {self.kind} states {', '.join(missing)}")
        if given := sorted(_foreign(self.kind) & self.model_fields_set):
            raise ValueError(f"a {self.kind} has no {', '.join(given)}")
        return self

    @model_serializer(mode="wrap")
    def _leave_out_what_is_foreign(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if key not in _foreign(self.kind)}

    @property
    def ages(self) -> tuple[tuple[float, float], ...]:
        """The ages in years, from … to below …, of the patients it learnt from; () if unknown."""
        told = [self.ages_of(folder["source"]) for folder in self.training.get("data", ())]
        known = [ages for ages in told if ages]
        # Where one set's are unknown, no age is known to be left out.
        return tuple(dict.fromkeys(known)) if len(known) == len(told) else ()

    def ages_of(self, source: str) -> tuple[float, float] | None:
        """Return the ages in years, from … to below …, of a data set that it learnt from."""
        for folder in self.training.get("data", ()):
            if folder["source"] == source and (ages := folder.get("ages")):
                return float(ages[0]), float(ages[1])
        return None

    @property
    def people(self) -> dict[str, str]:
        """Whom each data set shows, in a few words, by its name; "" where that is unknown."""
        return {
            folder["source"]: str(folder.get("population", "")).split(",")[0].split(":")[0].lower()
            for folder in self.training.get("data", ())
        }

    @property
    def task(self) -> Task:
        """The outputs as a task."""
        return Task(
            self.name,
            tuple(output.name for output in self.outputs),
            tuple(frozenset(output.classes) for output in self.outputs),
        )

    def with_longest(self, longest: int | None) -> Self:
        """Return the same with another limit of size, see `Preprocessing`."""
        how = self.preprocessing.model_copy(update={"longest": longest})
        return self.model_copy(update={"preprocessing": how})

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
            where = ".".join(str(part) for part in first["loc"]) or "kind"
            raise BundleError(
                f"{folder.name}: bundle.json is not valid at {where!r}: {first['msg']}."
            ) from error

    def write(self, folder: Path) -> None:
        """Write `bundle.json` into a folder."""
        (folder / "bundle.json").write_bytes(self.model_dump_json(indent=2).encode() + b"\n")
