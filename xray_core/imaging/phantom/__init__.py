"""Synthetic frontal chest films from a seed, with the ground truth of what they show.

A patient is drawn as path lengths in cm through soft tissue, lung, gas and bone (`anatomy`,
`tissue`, `skeleton`, `tree`), a finding adds soft tissue in place of air (`findings`), and the
beam, the detector and the display make the film (`detector`).
"""

from xray_core.imaging.phantom.film import (
    PHANTOM_LABELS,
    Phantom,
    PhantomKind,
    draw_phantom,
    phantom_png,
    phantom_radiograph,
)

__all__ = [
    "PHANTOM_LABELS",
    "Phantom",
    "PhantomKind",
    "draw_phantom",
    "phantom_png",
    "phantom_radiograph",
]
