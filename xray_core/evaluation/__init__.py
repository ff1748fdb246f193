"""Figures of a model on labelled films, with intervals over patients."""
