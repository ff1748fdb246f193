"""Everything that decides a training run."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from xray_core.bundle import Preprocessing
from xray_core.bundle.part import NAME
from xray_core.errors import ConfigError
from xray_core.networks.registry import network
from xray_core.networks.transfer import ALL, TransferStrategy
from xray_core.networks.weights_file import SUFFIXES
from xray_core.training.augmentation_config import Augmentation as Augmentation
from xray_core.training.config_file import Frozen, make_config, path_in_project, read_config
from xray_core.training.division import Division
from xray_core.training.parts import DataFolder, NoveltyRule, OperatingRule, Phantoms


class TrainingConfig(Frozen):
    """A run: the same configuration, data and seed give the same run."""

    name: str = Field(pattern=NAME, description="Name of the model and of its folder.")
    title: str = Field(description="What people read.")
    network: str = Field(description="Architecture, by its name in the list of networks.")
    task: Literal["four-class", "three-class", "binary"] = Field(
        "four-class",
        description="binary: normal or pneumonia. three-class: normal, bacterial, viral. "
        "four-class: COVID-19 too.",
    )
    seed: int = Field(0, ge=0, description="Decides weights, order and every random change.")
    data: tuple[DataFolder, ...] = Field(min_length=1)
    manifest: Path | None = Field(
        None, description="CSV that gives every patient a role, for division by manifest."
    )
    division: Division = Division()
    store: Path | None = Field(
        None, description="Folder that the model is written into; by default the user's own."
    )
    preprocessing: Preprocessing = Preprocessing()
    input_size: int | None = Field(
        None, ge=32, le=1024, description="Side of the input in pixels; by default the network's."
    )
    start: str = Field(
        "random",
        min_length=1,
        description="Weights to start from: random, imagenet, a file of weights, or the name of an "
        "installed model of the same network.",
    )
    transfer: TransferStrategy = Field(ALL, description="Which layers are trained, and when.")
    epochs: int = Field(24, ge=1, le=1000, description="Most epochs.")
    early_stopping: int | None = Field(
        None, ge=1, description="Stop after so many epochs without a better one; empty: never."
    )
    best: Literal["stressed", "validation", "last"] = Field(
        "stressed",
        description="Epoch that is kept. stressed: least loss on the worst of plain, stressed and, "
        "with a style floor, styled validation films. validation: least on the plain ones. "
        "last: the last.",
    )
    films_per_epoch: int = Field(5000, ge=1, description="Films drawn for an epoch.")
    batch: int = Field(32, ge=2, le=1024, description="Films a step.")
    optimiser: Literal["adamw", "adam", "rmsprop", "sgd"] = Field(
        "adamw", description="AdamW decays weights apart from the gradient and suits most networks."
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="Of SGD (Nesterov's where above 0).")
    rate: float = Field(2e-3, gt=0, le=10, description="Peak learning rate.")
    schedule: Literal["cosine", "plateau", "steps", "constant"] = Field(
        "cosine",
        description="cosine: linear warm-up, then down to zero. plateau: lower whenever the loss "
        "stands still. steps: lower after the epochs named. constant: always the same.",
    )
    warmup_epochs: float = Field(1.0, ge=0, description="Epochs of warm-up of cosine.")
    rate_factor: float = Field(
        0.3, gt=0, le=1, description="What plateau and steps multiply the rate by."
    )
    plateau_patience: int = Field(
        2, ge=1, description="Epochs without a lower loss after which plateau lowers the rate."
    )
    rate_steps: tuple[int, ...] = Field((), description="Epochs after which steps lowers the rate.")
    weight_decay: float = Field(0.01, ge=0, le=1, description="Of AdamW and SGD.")
    clip_norm: float | None = Field(
        1.0, gt=0, description="Largest norm of all gradients together; empty: any."
    )
    stochastic_depth: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Of a network that leaves out whole blocks at random: its rates are multiplied "
        "by this, and 0 leaves out none.",
    )
    label_smoothing: float = Field(
        0.05, ge=0, lt=1, description="Share of the loss spread evenly over all outputs."
    )
    teacher: str = Field(
        "",
        description="Installed model of the same input and outputs whose opinion of each film is "
        "learnt beside its label, or several joined by +, of which the mean opinion; empty: none.",
    )
    teacher_share: float = Field(
        0.5, gt=0, le=1, description="Share of the loss that asks for the teacher's opinion."
    )
    imbalance: Literal["sampling", "class-weights", "oversampling", "focal", "none"] = Field(
        "sampling",
        description="What evens out classes of unequal size. sampling: rarer films are drawn more "
        "often, by balance. class-weights: they weigh more in the loss. oversampling: they are "
        "repeated until classes are equal. focal: what is easy weighs less. none: nothing.",
    )
    balance: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Of sampling: films are drawn with weight n^(balance − 1) of their source and "
        "label's count n; 1 draws them as they come, 0 every source and label equally often.",
    )
    style_floor: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Films are also drawn (with sampling), and epochs judged, by the inverse of "
        "the probability that their style alone gives their class, taken as no less than this; "
        "empty: style is left out of it.",
    )
    focal_gamma: float = Field(
        2.0, ge=0, le=10, description="γ of the focal loss (Lin et al. 2017, arXiv:1708.02002)."
    )
    augmentation: Augmentation = Augmentation()
    phantoms: Phantoms = Phantoms()
    operating_point: OperatingRule
    novelty: NoveltyRule = NoveltyRule()
    confounders: str = Field(
        description="What is known to go with the class and is not disease, for the card."
    )
    champion: bool = Field(False, description="Make the model the default one of its store.")
    deterministic: bool = Field(
        False,
        description="The same figures to the last bit, also where the run was interrupted; slower.",
    )
    preset: str = Field(
        "", description="Published run that this one was started from; empty: none."
    )
    file: str = Field("", description="File that this was read from, if it was.")

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        network(name)
        return name

    @property
    def size(self) -> int:
        """Side of the network's input in pixels."""
        return self.input_size or network(self.network).input_size

    @property
    def teachers(self) -> tuple[str, ...]:
        """Names of the models that teach."""
        return tuple(self.teacher.split("+")) if self.teacher else ()

    @property
    def starts_from_file(self) -> bool:
        """Whether `start` is the path of a file of weights."""
        return self.start.endswith(SUFFIXES)

    @property
    def start_name(self) -> str:
        """What `start` is called where paths mean nothing."""
        return Path(self.start).name if self.starts_from_file else self.start

    @classmethod
    def read(cls, path: Path) -> "TrainingConfig":
        """Read a JSON file; relative paths in it become relative to the file's folder.

        Raises:
            ConfigError: it is missing or not valid.
        """
        config, base = read_config(cls, path), path.parent
        data = tuple(d.model_copy(update={"path": base / d.path}) for d in config.data)
        return config.model_copy(
            update={
                "file": path_in_project(path),
                "data": data,
                "manifest": base / config.manifest if config.manifest else None,
                "store": base / config.store if config.store else None,
                "start": str(base / config.start) if config.starts_from_file else config.start,
            }
        )

    def changed(self, changes: dict[str, Any]) -> "TrainingConfig":
        """Return the same run with some settings changed; it is then no longer that of its file.

        Raises:
            ConfigError: one of them is not valid.
        """
        content = self.model_dump()
        file = {"file": ""} if content | changes != content else {}
        return make_config(TrainingConfig, content | changes | file)

    def portable(self) -> dict[str, Any]:
        """Return the configuration as JSON types, each path cut to its name."""
        content = self.model_dump(mode="json")
        for key, path in (("manifest", self.manifest), ("store", self.store)):
            content[key] = path.name if path else None
        content["start"] = self.start_name
        for folder in content["data"]:
            folder["path"] = Path(folder["path"]).name
        return content

    def check(self) -> None:
        """Check what only the whole configuration shows.

        Raises:
            ConfigError: two data sets of one source, one called `phantom`, an operating point from
                none of them, an epoch shorter than a batch, a division that lacks its manifest,
                layers that would stay random, or teachers that are no names.
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
        if self.division.by == "manifest" and self.manifest is None:
            raise ConfigError(
                "division by manifest needs a manifest; allowed without one are own, random, folds."
            )
        named = all(re.fullmatch(NAME, teacher) for teacher in self.teachers)
        if not named or len(set(self.teachers)) < len(self.teachers):
            raise ConfigError(
                f"teacher is {self.teacher!r}; allowed are models' names joined by +, each once."
            )
        if self.start == "random" and self.transfer.kind != "all":
            raise ConfigError(
                f"transfer is {self.transfer.kind}, from random weights, so other layers would "
                "stay random; allowed is all, or other weights to start from."
            )
