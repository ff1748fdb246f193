"""How a chest lies on its film: without Keras, for those who read films and build no network."""

POSES = ("upright", "turned", "no pair")
"""An upright pair of lungs; one on its side or upside down; less than a pair, or no chest."""
