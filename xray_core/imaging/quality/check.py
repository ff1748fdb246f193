"""Is this film fit to be read at all, and what must be said of it?

Judged is what the pixels alone show. Whether it looks like a chest is judged elsewhere, against the
films that a model was trained on, and whether all of the lungs are there, by finding them.

The limits stand beside each check with what real films show: all 11,458 in use but those of the
internal test patients. No check warns of more than 0.5 % of any collection (of the 110 films from
Montgomery two, for the black band below them), and from two films in all the model is made to
abstain. What damage leaves of a network's opinions was measured with the first one that was
bundled, `kerley-residual-1`, on 120 validation children, 60 of them normal; of the undamaged films
it gets 2 % wrong.
"""

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.quality.blocks import blocks_of, judge_blocks
from xray_core.imaging.quality.borders import border_of, judge_border
from xray_core.imaging.quality.noise import judge_noise, noise_of, own_noise_of
from xray_core.imaging.quality.reduced import reduced
from xray_core.imaging.quality.sharpness import judge_sharpness, sharpness_of
from xray_core.imaging.quality.tones import (
    Tones,
    judge_exposure,
    judge_inversion,
    judge_levels,
)
from xray_core.imaging.quality.verdict import Quality
from xray_core.imaging.radiograph import Radiograph
from xray_core.settings import settings

SYNTHETIC = "Synthetic phantom, not a patient."

MAX_ASPECT = 2.5  # real films: at most 2.17
FLAT_RANGE = 0.05  # grey levels between the 2nd and the 98th percentile; real: at least 0.196
BINARY_SHARE = 0.05  # pixels neither dark nor bright; real: at least 0.13
LOW_SIDE = 224  # what the networks were trained on
LEAST_SIDE = 32  # that the checks need, where the settings ask for less


def check_quality(film: Radiograph) -> Quality:
    """Judge whether a film can carry an opinion, and what must be said of it; each sentence once.

    Raises:
        UnsuitableFilm: too small, too long, blank, or in black and white only.
    """
    tones = refuse_unsuitable(film)
    small = reduced(film.pixels)
    border = border_of(small, tones.span)
    return Quality.joined(
        (
            Quality(warnings=film.warnings),
            Quality(warnings=(SYNTHETIC,) if film.synthetic else ()),
            judge_inversion(small, tones),
            judge_sharpness(sharpness_of(small, tones.span)),
            judge_noise(own_noise_of(film.pixels), noise_of(small), tones.span, min(film.shape)),
            judge_blocks(blocks_of(film.pixels), min(film.shape)),
            judge_levels(tones),
            judge_exposure(border.without(small)),
            judge_border(border),
            _judge_resolution(film),
        )
    )


def refuse_unsuitable(film: Radiograph) -> Tones:
    """Refuse what is no chest film at all, and return how the brightness of the others is spread.

    A tenth of the time of `check_quality`, for going through many films.

    Raises:
        UnsuitableFilm: too small, too long, blank, or in black and white only.
    """
    _check_shape(film)
    tones = Tones.of(film.pixels)
    _check_tones(film, tones)
    return tones


def _check_shape(film: Radiograph) -> None:
    height, width = film.shape
    received = f"this picture is {width:,}×{height:,} pixels"
    least = max(settings().min_side, LEAST_SIDE)
    if min(height, width) < least:
        raise UnsuitableFilm(film.source, f"{received}; at least {least} on each side are needed.")
    if max(height, width) > MAX_ASPECT * min(height, width):
        raise UnsuitableFilm(
            film.source,
            f"{received}; a chest film is at most {MAX_ASPECT:g} times as long as it is wide.",
        )


def _check_tones(film: Radiograph, tones: Tones) -> None:
    if tones.high - tones.low < FLAT_RANGE:
        raise UnsuitableFilm(
            film.source,
            "this picture is blank or nearly so; a chest film has dark lungs and bright bones.",
        )
    if tones.between < BINARY_SHARE:
        raise UnsuitableFilm(
            film.source,
            "this picture is almost only black and white, like text or a drawing; a chest film "
            "has shades of grey.",
        )


def _judge_resolution(film: Radiograph) -> Quality:
    height, width = film.shape
    if min(height, width) >= LOW_SIDE:
        return Quality()
    words = f"The resolution is low: {width}×{height} pixels, where {LOW_SIDE} each way are normal."
    return Quality(warnings=(words,))
