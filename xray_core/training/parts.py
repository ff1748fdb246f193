"""Parts of a training configuration: data, phantoms, and what is chosen on validation patients."""

from pathlib import Path

from pydantic import Field

from xray_core.training.config_file import Frozen


class DataFolder(Frozen):
    """A data set to train on."""

    path: Path = Field(
        description="Folder or archive; relative paths are relative to the configuration file."
    )
    source: str = Field(min_length=1, description="Name of the data set.")
    population: str = Field(description="Who is on the films, in words, for the card.")
    licence: str = Field(description="Under what terms, for the card.")
    ages: tuple[float, float] | None = Field(
        None,
        description="Ages of its patients in years, where they are known: from the first to below "
        "the second. A film whose header tells another age is then told apart.",
    )
    weight: float = Field(
        1.0,
        gt=0,
        description="With sampling, how much more or less often its films are drawn than balance "
        "alone would.",
    )


class Phantoms(Frozen):
    """Synthetic films among the training films, so that the offline demonstration is read."""

    films: int = Field(
        0, ge=0, description="How many are drawn, a quarter of each kind, children and adults."
    )
    share: float = Field(0.0, ge=0, le=0.5, description="Share of an epoch drawn from them.")


class OperatingRule(Frozen):
    """How the threshold is chosen on validation patients."""

    min_sensitivity: float = Field(
        0.985,
        gt=0,
        le=1,
        description="The threshold is the highest with at least this sensitivity.",
    )
    source: str = Field(description="Data set whose validation patients choose it.")


class NoveltyRule(Frozen):
    """How the limits of the novelty check are set on validation films."""

    flag_quantile: float = Field(
        0.99,
        gt=0.5,
        lt=1,
        description="Films further out than this share of the validation films are flagged.",
    )
    refuse_margin: float = Field(
        1.35,
        ge=1,
        description="Films this many times further out than any validation film are refused.",
    )
