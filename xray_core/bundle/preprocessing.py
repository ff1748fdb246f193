"""What becomes of a film before a network sees it, as a bundle states it."""

from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from xray_core.bundle.part import NAME, Frozen
from xray_core.imaging.geometry import Normalisation

MOST_LONGEST = 8192
"""Pixels; no detector has more, and no network sees what more would show."""


class LungsUsed(Frozen):
    """The segmenter that finds the lungs to crop to: the very one of the training."""

    name: str = Field(pattern=NAME)
    sha256: str


class Preprocessing(Frozen):
    """From film to input: make small, even out local contrast, crop, resize, then normalise.

    Attributes:
        crop: `none` keeps the whole film; `border` cuts the margin off each side, where markers and
            collimation are; `lungs` keeps the box of both lungs and a margin.
        margin: on each side, as a share of the box's, or the film's, height or width. Below 0, with
            `lungs` only, the outer edge of the lungs' box is cut off too.
        lungs: the segmenter, stated by a trained bundle that crops to them.
        longest: longer side in pixels of the largest films that are taken as they are; larger ones
            are first made so small (area-averaged). Not written where it is None.
        normalisation: see `imaging.geometry.normalise`.
        low: percentile that becomes 0.
        high: percentile that becomes 1; above `low`.
        clahe: clip limit of `imaging.clahe.equalise`; 0 leaves it out.
    """

    crop: Literal["none", "border", "lungs"] = Field(
        "none", description="What the network sees: all of the film, no border, or the lungs."
    )
    margin: float = Field(
        0.05,
        ge=-0.1,
        lt=0.5,
        description="What border cuts off, or lungs leaves, on each side; lungs may also cut off.",
    )
    lungs: LungsUsed | None = None
    longest: int | None = Field(
        None,
        ge=64,
        le=MOST_LONGEST,
        description="Films with a longer side, in pixels, are first made so small: one that shows "
        "finer detail than all training films misleads a network. Empty: no film is.",
    )
    normalisation: Normalisation = Field(
        "percentile",
        description="percentile: grey values between the two percentiles are stretched to black "
        "and white, whatever the exposure. none: they are left as they are.",
    )
    low: float = Field(
        0.5, ge=0, le=100, description="Percentile of the film's grey values that becomes black."
    )
    high: float = Field(
        99.5, ge=0, le=100, description="Percentile of the film's grey values that becomes white."
    )
    clahe: float = Field(
        0.0, ge=0, le=40, description="Evens out local contrast up to this clip limit; 0: not."
    )

    @model_serializer(mode="wrap")
    def _leave_out_no_limit(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write as before there was a limit: by what is written films and states are known."""
        content: dict[str, Any] = write(self)
        if content.get("longest") is None:
            content.pop("longest", None)
        return content

    @model_validator(mode="after")
    def _only_lungs_are_cut_into(self) -> Self:
        if self.margin < 0 and self.crop != "lungs":
            raise ValueError(
                f"the margin is {self.margin:g}; below 0 it goes with the crop 'lungs' only."
            )
        return self

    @model_validator(mode="after")
    def _low_below_high(self) -> Self:
        if self.low >= self.high:
            raise ValueError(
                f"the percentiles low and high are {self.low:g} and {self.high:g}; low must be "
                "below high"
            )
        return self
