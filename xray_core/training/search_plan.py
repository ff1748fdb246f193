"""How a search is to be made."""

from typing import Literal

from pydantic import Field

from xray_core.training.config_file import Frozen


class SearchPlan(Frozen):
    """How many settings are tried, by what and for how long each."""

    trials: int = Field(20, ge=1, le=1000, description="Settings that are tried.")
    sampler: Literal["tpe", "random", "grid"] = Field(
        "tpe",
        description="tpe: learns from the trials before. random: draws. grid: tries everything, "
        "three values of a range.",
    )
    trial_epochs: int | None = Field(
        None, ge=1, le=1000, description="Epochs of a trial; empty: those of the run."
    )
