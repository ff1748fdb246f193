"""Everything that decides the training of a segmenter."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from xray_core.bundle import Preprocessing
from xray_core.bundle.part import NAME
from xray_core.errors import ConfigError
from xray_core.networks.lung_unet import SIZE
from xray_core.training.config_file import SHARE, Frozen, path_in_project, read_config


class MaskedFolder(Frozen):
    """Films, most with masks of their lungs.

    Attributes:
        films: folder of films; relative paths are relative to the configuration file.
        masks: folder of PNG masks under the films' own names, any value above 0 = lung; films
            without one are left out. None: only the pose is learnt from these films, which are
            upright and whole, and the limits of plausibility are chosen on them too.
        source: name of the data set.
        heart: whether the part of the lungs behind the heart belongs to the masks. Where it is
            left out, what lies between the two lungs is neither trained on nor scored. None where
            there are no masks.
        manifest: committed CSV that gives every patient a role; None divides them by a keyed hash.
        share: share of an epoch's films that are drawn from here.
        population: who is on the films, in words, for the card.
        licence: under what terms, of films and masks, for the card.
    """

    films: Path
    masks: Path | None = None
    source: str
    heart: Literal["inside", "left out"] | None = None
    manifest: Path | None = None
    share: float = SHARE
    population: str
    licence: str


class Changes(Frozen):
    """Random changes to a training film; each probability is per film and epoch.

    Attributes:
        gentle: share of the films that are only moved and re-exposed, both by little.
        rotation: largest angle in degrees of a film that still counts as upright.
        turned: probability of a turn by 90, 180 or 270 degrees.
        cut: probability that a large part of the film is cut off on one or two sides.
        shrunk: probability that the film is shrunk within black or grey borders.
        inverted: probability that dark and bright are exchanged.
        gamma: largest |log2| of the exponent of the grey scale.
        opacified: probability that a part of one lung, or both, is made as dense as the heart.
        hidden: probability that a rectangle is hidden.
        frame: probability that the outer frame is replaced.
        blur: probability of resampling to a lower resolution and back.
        noise: probability of noise.
        no_chest: share of an epoch made of pictures without a chest.
    """

    gentle: float = SHARE
    rotation: float = Field(25.0, ge=0, le=40)
    turned: float = SHARE
    cut: float = SHARE
    shrunk: float = SHARE
    inverted: float = SHARE
    gamma: float = Field(1.0, ge=0, le=2)
    opacified: float = SHARE
    hidden: float = SHARE
    frame: float = SHARE
    blur: float = SHARE
    noise: float = SHARE
    no_chest: float = SHARE


class SegmenterConfig(Frozen):
    """A run: the same configuration, data and seed give the same run.

    Attributes:
        name: of the bundle and its folder.
        store: folder that the bundle is written into; None is the user's own store.
        films_per_epoch: films drawn for an epoch, with replacement.
        rate: peak learning rate; linear warm-up over one epoch, then cosine decay to zero.
        pose_weight: weight of the loss of the pose beside that of the outline.
        limit_quantile: share of the validation films outside of each limit of plausibility.
        limits: what the masks do not show, for the card.
        default: make the bundle the default segmenter of its store.
        file: path of the file that the configuration was read from, from the project's folder.
    """

    kind: Literal["segmenter"]
    name: str = Field(pattern=NAME)
    title: str
    network: Literal["lung-unet"] = "lung-unet"
    input_size: int = Field(SIZE, ge=32, le=512, multiple_of=16)
    preprocessing: Preprocessing = Preprocessing()
    seed: int = Field(0, ge=0)
    data: tuple[MaskedFolder, ...] = Field(min_length=1)
    store: Path | None = None
    epochs: int = Field(24, ge=1)
    films_per_epoch: int = Field(3072, ge=1)
    batch: int = Field(32, ge=2)
    rate: float = Field(3e-3, gt=0)
    weight_decay: float = Field(0.01, ge=0)
    pose_weight: float = Field(0.3, ge=0)
    changes: Changes
    limit_quantile: float = Field(0.002, ge=0, le=0.05)
    limits: str
    default: bool = False
    file: str = "config.json"

    @classmethod
    def read(cls, path: Path) -> "SegmenterConfig":
        """Read a JSON file; relative paths in it become relative to the file's folder.

        Raises:
            ConfigError: it is missing or not valid.
        """
        config, base = read_config(cls, path), path.parent
        data = tuple(
            folder.model_copy(
                update={
                    "films": base / folder.films,
                    "masks": base / folder.masks if folder.masks else None,
                    "manifest": base / folder.manifest if folder.manifest else None,
                }
            )
            for folder in config.data
        )
        return config.model_copy(
            update={
                "file": path_in_project(path),
                "data": data,
                "store": base / config.store if config.store else None,
            }
        )

    def check(self) -> None:
        """Check what only the whole configuration shows.

        Raises:
            ConfigError: two data sets of one source, none with the heart inside, one that says
                how its masks are but has none or the reverse, an epoch shorter than a batch, or a
                limit of size, which a segmenter does not have.
        """
        if self.preprocessing.longest is not None:
            raise ConfigError(
                f"preprocessing.longest is {self.preprocessing.longest}; a segmenter sees every "
                "film whole and small, so there is none."
            )
        sources = [folder.source for folder in self.data]
        if len(set(sources)) < len(sources):
            raise ConfigError(f"sources {', '.join(sources)}: each may stand once.")
        if all(folder.heart != "inside" for folder in self.data):
            raise ConfigError("at least one data set has masks with the part behind the heart.")
        if wrong := [f.source for f in self.data if (f.masks is None) != (f.heart is None)]:
            raise ConfigError(f"{wrong[0]}: masks and heart are stated together, or neither is.")
        if self.films_per_epoch < self.batch:
            raise ConfigError(
                f"an epoch of {self.films_per_epoch} films is shorter than a batch of {self.batch}."
            )

    def portable(self) -> dict[str, Any]:
        """Return the configuration as JSON types, each path cut to its name."""
        content = self.model_dump(mode="json")
        content["store"] = self.store.name if self.store else None
        for folder in content["data"]:
            for key in ("films", "masks", "manifest"):
                folder[key] = Path(folder[key]).name if folder[key] else None
        return content
