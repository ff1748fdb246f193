"""Everything in Kerley that is not a page: reading films, predicting, explaining, training."""

__version__ = "0.1.0"
