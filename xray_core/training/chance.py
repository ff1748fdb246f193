"""Chance inside a network: dropout and random layers."""

from typing import Any


def seed_chance(model: Any, seed: int, epoch: int) -> None:
    """Key dropout and random layers by seed and epoch: their state is not saved with weights."""
    for variable in model.variables:
        if variable.name == "seed_generator_state":
            variable.assign([seed % 2**32, epoch])
