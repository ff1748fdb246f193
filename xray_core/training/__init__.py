"""From a committed configuration to a bundle: films, augmentation, fit, calibration, card."""
