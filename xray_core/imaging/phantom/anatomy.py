"""The proportions of one made-up patient, drawn from the seed."""

from dataclasses import dataclass

import numpy as np

from xray_core.imaging.phantom.canvas import Map


@dataclass(frozen=True)
class Anatomy:
    """One patient; lengths in cm, y down from the film's upper edge, R and L of the patient.

    Attributes:
        adult: adult or child of one to five years.
        field: side of the film.
        width: greatest half-width of the inner chest.
        depth: greatest half-depth of the inner chest.
        wall: thickness of the chest wall.
        apex: y of the lung apices.
        base: y of the costophrenic angles.
        dome_right: y of the right dome of the diaphragm.
        dome_left: y of the left one.
        carina: y of the fork of the trachea.
        heart_ratio: heart width over inner chest width.
        heart_tilt: fall of the heart's long axis, degrees.
        pedicle: half-width of the upper mediastinum (with the thymus in a child).
        knob: radius of the aortic knob.
        rib_drop: fall of a middle rib from back to front.
        rib_height: half-height of a rib.
        arm_angle: the arms from hanging down, degrees.
        shoulder_slope: fall of the shoulder line per cm outwards.
        neck: half-width of the neck.
        breast: thickness of a breast, 0 for none.
        chin: how far the chin reaches into the film, 0 for not at all.
        gas: radius of the gastric bubble.
        lung_density: soft tissue in a volume of lung.
        curve: sideways bend of the spine.
        turn: tangent of the patient's turn about the vertical.
        tilt: turn in the film's plane, degrees.
    """

    adult: bool
    field: float
    width: float
    depth: float
    wall: float
    apex: float
    base: float
    dome_right: float
    dome_left: float
    carina: float
    heart_ratio: float
    heart_tilt: float
    pedicle: float
    knob: float
    rib_drop: float
    rib_height: float
    arm_angle: float
    shoulder_slope: float
    neck: float
    breast: float
    chin: float
    gas: float
    lung_density: float
    curve: float
    turn: float
    tilt: float

    def shape(self, y: Map) -> Map:
        """Half-width of the inner chest at height y as a fraction of the greatest one."""
        s = np.clip((y - self.apex) / (0.9 * (self.base - self.apex)), 0, 1)
        return np.asarray(
            np.power(1 - np.power(1 - s, 2.2), 0.42 if self.adult else 0.52), np.float32
        )

    def spine_x(self, y: Map) -> Map:
        """Sideways position of the spine in cm at height y."""
        return np.asarray(self.curve * np.sin(2.2 * (y - self.apex) / (self.base - self.apex)))

    @property
    def rib_step(self) -> float:
        """Distance between neighbouring ribs at the back."""
        return (self.dome_right - self.apex) / (8.8 if self.adult else 7.0)


def draw_anatomy(rng: np.random.Generator, adult: bool) -> Anatomy:
    """Draw the proportions of a patient."""

    def between(child: tuple[float, float], grown: tuple[float, float]) -> float:
        return float(rng.uniform(*(grown if adult else child)))

    w = between((7.2, 9.0), (12.8, 15.0))
    apex = w * between((0.34, 0.5), (0.22, 0.34))
    base = apex + w * between((1.55, 1.75), (1.75, 1.98))
    dome_right = base - w * between((0.30, 0.42), (0.28, 0.42))
    chin = between((-0.35, 0.35), (-2, -1))
    female = rng.random() < 0.5
    breast = between((0, 0), (2.0, 4.5))
    return Anatomy(
        adult=adult,
        field=w * between((2.42, 2.62), (2.55, 2.85)),
        width=w,
        depth=w * between((0.66, 0.76), (0.60, 0.70)),
        wall=between((0.8, 1.3), (1.6, 3.0)),
        apex=apex,
        base=base,
        dome_right=dome_right,
        dome_left=dome_right + w * between((0.03, 0.12), (0.04, 0.14)),
        carina=apex + (dome_right - apex) * between((0.36, 0.42), (0.36, 0.42)),
        heart_ratio=between((0.49, 0.56), (0.40, 0.50)),
        heart_tilt=between((15, 30), (25, 45)),
        pedicle=w * between((0.24, 0.36), (0.19, 0.25)),
        knob=w * between((0.05, 0.08), (0.10, 0.15)),
        rib_drop=w * between((0.62, 0.8), (0.72, 0.92)),
        rib_height=w * between((0.044, 0.052), (0.046, 0.054)),
        arm_angle=between((25, 110), (8, 28)),
        shoulder_slope=between((-0.15, 0.15), (0.22, 0.4)),
        neck=w * between((0.42, 0.5), (0.38, 0.46)),
        breast=breast if female else 0.0,
        chin=w * max(chin, 0.0),
        gas=w * between((0.12, 0.26), (0.08, 0.2)),
        lung_density=between((0.26, 0.34), (0.2, 0.28)),
        curve=w * between((-0.03, 0.03), (-0.02, 0.02)),
        turn=float(rng.normal(0, 0.03)),
        tilt=float(rng.normal(0, 1.3)),
    )
