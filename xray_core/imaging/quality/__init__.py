"""Is a film fit to be read, as far as its pixels show: exposure, sharpness, noise, damage."""

from xray_core.imaging.quality.check import SYNTHETIC, check_quality, refuse_unsuitable
from xray_core.imaging.quality.verdict import Quality

__all__ = ["SYNTHETIC", "Quality", "check_quality", "refuse_unsuitable"]
