"""The only epoch of every run that the tests of `train` say is over."""

from xray_core.training.epochs import EpochRecord

RECORD = EpochRecord(1, 0.5, 0.4, 0.9, 0.6, 0.8, rate=1e-3)
"""What it gave."""
