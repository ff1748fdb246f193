"""Everything that decides a training run."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from xray_core.bundle import Preprocessing
from xray_core.bundle.manifest import NAME
from xray_core.errors import ConfigError
from xray_core.networks.registry import network
from xray_core.settings import PROJECT_ROOT

SHARE = Field(ge=0, le=1)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _relative(path: Path) -> str:
    """Return a path as it is given from the project's folder, or else its name."""
    path = path.resolve()
    inside = path.is_relative_to(PROJECT_ROOT)
    return path.relative_to(PROJECT_ROOT).as_posix() if inside else path.name


class DataFolder(_Frozen):
    """A data set to train on.

    Attributes:
        path: folder or archive; relative paths are relative to the configuration file.
        source: name of the data set in the patient manifest.
        population: who is on the films, in words, for the card.
        licence: under what terms, for the card.
        weight: how much more (or less) often its films are drawn than `balance` alone would.
    """

    path: Path
    source: str
    population: str
    licence: str
    weight: float = Field(1.0, gt=0)


class Augmentation(_Frozen):
    """Random changes to a training film; every probability is per film and epoch.

    Attributes:
        rotation: largest angle in degrees.
        shift: largest shift as a share of the side.
        zoom: largest relative change of scale.
        shear: largest shear.
        flip: probability of a left-right flip.
        gamma: largest |log2| of the exponent of the grey scale.
        contrast: largest relative change of contrast and brightness.
        cutout: probability that a rectangle is hidden.
        frame: probability that the outer frame, of random width, is replaced by that of another
            film or by one grey, so that collimation and markers do not give the class away.
        blur: probability of resampling to a lower resolution and back, or of sharpening.
        style: probability that the film takes on another film's sharpness and, in part, its grey
            scale.
        mixup: α of the Beta distribution of mixup (Zhang et al. 2018, arXiv:1710.09412); 0 is off.
    """

    rotation: float = Field(10.0, ge=0, le=180)
    shift: float = Field(0.06, ge=0, le=0.5)
    zoom: float = Field(0.12, ge=0, lt=1)
    shear: float = Field(0.05, ge=0, le=0.5)
    flip: float = Field(0.5, ge=0, le=1)
    gamma: float = Field(0.5, ge=0, le=2)
    contrast: float = Field(0.2, ge=0, lt=1)
    cutout: float = Field(0.3, ge=0, le=1)
    frame: float = Field(0.5, ge=0, le=1)
    blur: float = Field(0.4, ge=0, le=1)
    style: float = Field(0.0, ge=0, le=1)
    mixup: float = Field(0.2, ge=0, le=2)


class Phantoms(_Frozen):
    """Synthetic films among the training films, so that the offline demonstration is read.

    Attributes:
        films: how many are drawn, a quarter of each kind, children and adults in turn.
        share: share of an epoch that is drawn from them.
    """

    films: int = Field(0, ge=0)
    share: float = Field(0.0, ge=0, le=0.5)


class OperatingRule(_Frozen):
    """How the threshold is chosen on validation patients.

    Attributes:
        min_sensitivity: the threshold is the highest with at least this sensitivity.
        source: the data set whose validation patients choose it.
    """

    min_sensitivity: float = Field(0.985, gt=0, le=1)
    source: str


class NoveltyRule(_Frozen):
    """How the limits of the novelty check are set on validation films.

    Attributes:
        flag_quantile: films further out than this share of the validation films are flagged.
        refuse_margin: films this many times further out than any validation film are refused.
    """

    flag_quantile: float = Field(0.99, gt=0.5, lt=1)
    refuse_margin: float = Field(1.35, ge=1)


class TrainingConfig(_Frozen):
    """A run: the same configuration, data and seed give the same run.

    Attributes:
        name: of the bundle and its folder.
        store: folder that the bundle is written into; None is the user's own store.
        manifest: committed CSV that gives every patient a role.
        start: weights to start from: `imagenet`, where the network has published ones, or random.
        films_per_epoch: films drawn for an epoch, with replacement.
        balance: films are drawn with weight n^(balance − 1) of their source and label's count n:
            1 draws them as they come, 0 draws every source and label equally often.
        style_floor: films are also drawn by the inverse of the probability that their style alone
            gives their class (see `training.style`), which is taken as no less than this; None
            leaves style out of it.
        rate: peak learning rate; linear warm-up, then cosine decay to zero.
        label_smoothing: share of the loss spread evenly over all outputs.
        confounders: what is known to go with the class and is not disease, for the card.
        champion: make the bundle the default one of its store.
        file: path of the file that the configuration was read from, from the project's folder.
    """

    name: str = Field(pattern=NAME)
    title: str
    network: str
    task: Literal["four-class", "three-class", "binary"] = "four-class"
    seed: int = Field(0, ge=0)
    data: tuple[DataFolder, ...] = Field(min_length=1)
    manifest: Path
    store: Path | None = None
    preprocessing: Preprocessing = Preprocessing()
    input_size: int | None = Field(None, ge=32, le=1024)
    start: Literal["random", "imagenet"] = "random"
    epochs: int = Field(24, ge=1)
    warmup_epochs: float = Field(1.0, ge=0)
    films_per_epoch: int = Field(5000, ge=1)
    batch: int = Field(32, ge=2)
    rate: float = Field(2e-3, gt=0)
    weight_decay: float = Field(0.01, ge=0)
    label_smoothing: float = Field(0.05, ge=0, lt=1)
    balance: float = SHARE
    style_floor: float | None = Field(None, gt=0, le=1)
    augmentation: Augmentation = Augmentation()
    phantoms: Phantoms = Phantoms()
    operating_point: OperatingRule
    novelty: NoveltyRule = NoveltyRule()
    confounders: str
    champion: bool = False
    file: str = "config.json"

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        network(name)
        return name

    @property
    def size(self) -> int:
        """Side of the network's input in pixels."""
        return self.input_size or network(self.network).input_size

    @classmethod
    def read(cls, path: Path) -> "TrainingConfig":
        """Read a JSON file; relative paths in it become relative to the file's folder.

        Raises:
            ConfigError: it is missing or not valid.
        """
        try:
            config = cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise ConfigError(f"configuration {path} cannot be read.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigError(f"{path.name} is not valid at {where!r}: {first['msg']}.") from error
        base = path.parent
        data = tuple(d.model_copy(update={"path": base / d.path}) for d in config.data)
        return config.model_copy(
            update={
                "file": _relative(path),
                "data": data,
                "manifest": base / config.manifest,
                "store": base / config.store if config.store else None,
            }
        )

    def portable(self) -> dict[str, Any]:
        """Return the configuration as JSON types, each path cut to its name."""
        content = self.model_dump(mode="json")
        content["manifest"] = self.manifest.name
        content["store"] = self.store.name if self.store else None
        for folder in content["data"]:
            folder["path"] = Path(folder["path"]).name
        return content

    def check(self) -> None:
        """Check what only the whole configuration shows.

        Raises:
            ConfigError: two data sets of one source, one called `phantom`, an operating point from
                none of them, or an epoch shorter than a batch.
        """
        sources = [folder.source for folder in self.data]
        if len(set(sources)) < len(sources) or "phantom" in sources:
            raise ConfigError(
                f"sources {', '.join(sources)}: each may stand once, and none is called phantom."
            )
        if self.operating_point.source not in sources:
            raise ConfigError(
                f"the operating point's source {self.operating_point.source!r} is not one of "
                f"{', '.join(sources)}."
            )
        if self.films_per_epoch < self.batch:
            raise ConfigError(
                f"an epoch of {self.films_per_epoch} films is shorter than a batch of {self.batch}."
            )
