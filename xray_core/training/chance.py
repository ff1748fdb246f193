"""Chance inside a network: dropout and random layers."""

from typing import Any

import numpy as np
from keras import layers

MOST_STEPS = 2**20
"""Numbers kept for an epoch: Keras counts on by one at each step."""


def seed_chance(model: Any, seed: int, epoch: int) -> None:
    """Key dropout and random layers by seed, layer and epoch: no file of weights keeps them.

    Each layer has a stream of its own, for with one and the same two layers of dropout would drop
    the same films together; and no epoch takes up what the one before has used.
    """
    states = [v for v in model.variables if v.name == "seed_generator_state"]
    for number, state in enumerate(states):
        (key,) = np.random.SeedSequence([seed, number]).generate_state(1)
        state.assign([key, epoch * MOST_STEPS % 2**32])


def scale_stochastic_depth(model: Any, share: float) -> None:
    """Multiply the rates at which a network leaves out whole blocks (Huang et al. 2016).

    Args:
        model: just built; layers that drop all of a film's feature map at once leave out a block.
        share: in [0, 1].
    """
    for layer in model.layers:
        if isinstance(layer, layers.Dropout) and layer.noise_shape == (None, 1, 1, 1):
            layer.rate *= share
