"""How training films are changed at random."""

from pydantic import Field

from xray_core.training.config_file import Frozen


class Augmentation(Frozen):
    """Random changes to a training film; every probability is per film and epoch."""

    rotation: float = Field(10.0, ge=0, le=180, description="Largest angle in degrees.")
    shift: float = Field(0.06, ge=0, le=0.5, description="Largest shift as a share of the side.")
    zoom: float = Field(0.12, ge=0, lt=1, description="Largest relative change of scale.")
    shear: float = Field(0.05, ge=0, le=0.5, description="Largest shear.")
    flip: float = Field(0.5, ge=0, le=1, description="Probability of a left-right flip.")
    flip_vertical: float = Field(
        0.0, ge=0, le=1, description="Probability of turning the film upside down by a mirror."
    )
    gamma: float = Field(
        0.5, ge=0, le=2, description="Largest change of the grey scale's exponent, in doublings."
    )
    contrast: float = Field(
        0.2, ge=0, lt=1, description="Largest relative change of contrast and brightness."
    )
    cutout: float = Field(0.3, ge=0, le=1, description="Probability that a rectangle is hidden.")
    frame: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Probability that the outer frame, of random width, becomes that of another "
        "film or one grey, so that collimation and markers do not give the class away.",
    )
    blur: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Probability of resampling to a lower resolution and back, or of sharpening.",
    )
    style: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Probability that the film takes on another film's sharpness and, in part, its "
        "grey scale.",
    )
    mix_style: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Probability that a film's early feature maps take on part of the mean and "
        "spread of another's (MixStyle, Zhou et al. 2021, arXiv:2104.02008).",
    )
    grain: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Probability that grain of random strength and size lies over the film; a "
        "teacher is asked of the film without it.",
    )
    grain_strength: float = Field(
        0.02,
        gt=0,
        le=0.2,
        description="Largest standard deviation of the grain, of grey values in [0, 1]; the least "
        "is a thirtieth of it.",
    )
    hide_lungs: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Probability that the middle of the film, with the lungs, becomes one grey and "
        "the film counts half as normal and half as ill, so that what is around the lungs says "
        "nothing.",
    )
    mixup: float = Field(
        0.2,
        ge=0,
        le=2,
        description="α of the Beta distribution by which two films are mixed (Zhang et al. 2018, "
        "arXiv:1710.09412); 0 is off.",
    )
