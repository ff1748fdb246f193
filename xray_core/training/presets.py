"""The published runs that can be repeated, with the figures that were published of them.

The facts are in `published_runs.json`, copied from the projects that it names. What a project does
not state was chosen here, and each preset lists it.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from xray_core.errors import ConfigError
from xray_core.networks.registry import network
from xray_core.networks.transfer import ALL, TransferStrategy

SHARE = Field(0.0, ge=0, le=1)
FACTS = Path(__file__).with_name("published_runs.json")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PresetAugmentation(_Frozen):
    """Random changes to a training film as the project states them; what is 0 is left out.

    Attributes:
        rotation: largest angle in degrees.
        shift: largest shift as a share of the side.
        shear: largest shear as the project states it, taken as a slope: its unit is not stated.
        zoom: largest relative change of scale.
        flip: probability of a left-right flip.
        vertical_flip: probability of an upside-down flip.
    """

    rotation: float = Field(0.0, ge=0, le=180)
    shift: float = SHARE
    shear: float = SHARE
    zoom: float = SHARE
    flip: float = SHARE
    vertical_flip: float = SHARE


class PresetSchedule(_Frozen):
    """How the learning rate changes: not at all, or by a factor after some epochs.

    Attributes:
        kind: `constant` or `steps`.
        factor: what the rate is multiplied by at each step.
        after: the epochs, counted from 1, after which it is.
    """

    kind: Literal["constant", "steps"] = "constant"
    factor: float = Field(1.0, gt=0, le=1)
    after: tuple[int, ...] = ()


class PublishedFigures(_Frozen):
    """What was reported of a run; None where it was not.

    Attributes:
        films: the films that the figures are of; `624 test films` are the official test split of
            Kermany 2018, 234 normal and 390 with pneumonia.
        accuracy: share of the films that are called rightly.
        validation_accuracy: likewise, of the run's own validation films.
        precision: of PNEUMONIA.
        recall: of PNEUMONIA.
        f1: of PNEUMONIA.
        normal_recall: of NORMAL.
        normal_f1: of NORMAL.
        missed: films with pneumonia that were called normal.
        confusion: [[true normal, false alarm], [missed, found]].
        by_class: precision and recall of each class.
        remark: a sentence that belongs to the figures.
    """

    films: str
    accuracy: float | None = None
    validation_accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    normal_recall: float | None = None
    normal_f1: float | None = None
    missed: int | None = None
    confusion: tuple[tuple[int, int], tuple[int, int]] | None = None
    by_class: dict[str, tuple[float, float]] | None = None
    remark: str = ""


class Preset(_Frozen):
    """One published run, as plain facts.

    Attributes:
        name: key used on the command line.
        title: what a person reads.
        network: name in the registry of networks.
        input_size: side of the network's input in pixels.
        task: name of the task.
        optimiser: as Keras calls it, with its other settings as Keras has them.
        rate: learning rate at the start.
        epochs: most epochs.
        batch: films in a batch.
        patience: training stops after so many epochs without a smaller validation loss; None is
            never.
        keep: weights of the epoch with the least validation loss, or of the last one.
        schedule: of the rate.
        augmentation: random changes to a training film.
        start: `random` or `imagenet`.
        strategy: which layers are trained.
        normalisation: `none`: pixels divided by 255, nothing else.
        validation: whether films of the training split validate, or the test films, as the
            separable CNN was published; a run here never does the latter.
        validation_share: share of the training films that validated; None where it is not stated.
        chosen: what the project does not state, so that it was chosen here: names of these fields,
            or a few words.
        published: the figures.
        source: whose run it is.
    """

    name: str
    title: str
    network: str
    input_size: int
    task: Literal["binary", "four-class"] = "binary"
    optimiser: Literal["adam", "rmsprop", "sgd"]
    rate: float = Field(gt=0)
    epochs: int = Field(ge=1)
    batch: int = Field(ge=1)
    patience: int | None = None
    keep: Literal["best", "last"] = "best"
    schedule: PresetSchedule = PresetSchedule()
    augmentation: PresetAugmentation = PresetAugmentation()
    start: Literal["random", "imagenet"] = "random"
    strategy: TransferStrategy = ALL
    normalisation: Literal["none"] = "none"
    validation: Literal["training films", "test films"] = "training films"
    validation_share: float | None = None
    chosen: tuple[str, ...]
    published: PublishedFigures
    source: str

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        network(name)
        return name


PRESETS: tuple[Preset, ...] = TypeAdapter(tuple[Preset, ...]).validate_json(FACTS.read_bytes())


def preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        ConfigError: there is none.
    """
    for found in PRESETS:
        if found.name == name:
            return found
    raise ConfigError(f"preset {name!r} is not one of {', '.join(p.name for p in PRESETS)}.")
