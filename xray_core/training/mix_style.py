"""Early feature maps in the style of another film's (MixStyle, Zhou et al. 2021, arXiv:2104.02008).

Mean and spread of an early feature map say how a film was taken more than what it shows. Films of a
batch lend them to each other while a network learns, so that its answer must come from what is
left. `style_transfer` does as much with the film itself, but what style is was chosen by hand
there; here it is what the network makes of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf
from keras import layers

HALVINGS = (1, 2, 3)
"""How often the side of the input is halved in the maps that are mixed, one of each."""
LEAST_VARIANCE = 1e-6
"""Added to the variance, as in the published code: a channel of one value stays one."""


@contextmanager
def mixing_style(model: Any, share: float, seed: int) -> Iterator[None]:
    """Let the films of a batch lend each other their style in what is traced within.

    Layers and weights stay those of the model, so a state that was written within can be read
    without; what was traced within goes on mixing afterwards.

    Args:
        model: compiled; the steps of its optimiser key chance.
        share: probability that a film borrows, for each of the maps; 0 leaves the model alone.
        seed: of the run.
    """
    own = {layer: type(layer) for layer in (early_layers(model) if share else ())}
    try:
        for number, (layer, kind) in enumerate(own.items()):
            layer.__class__ = _mixing(kind, share, (seed, number), model.optimizer.iterations)
        yield
    finally:
        for layer, kind in own.items():
            layer.__class__ = kind


def early_layers(model: Any) -> list[Any]:
    """Return one layer for each of `HALVINGS`: of the maps with fewest channels the last.

    Only maps count that no connection leads around: what was not mixed would tell the style.

    Args:
        model: from films (N, S, S, 1). Sizes that it passes over are left out.
    """
    found: dict[int, Any] = {}
    for layer in _on_every_path(model.layers):
        shape = layer.output.shape
        # A border of zeros is no part of a film's style, and would not stay zero.
        if len(shape) != 4 or shape[1] < 2 or isinstance(layer, layers.ZeroPadding2D):
            continue
        halvings = round(np.log2(model.input_shape[1] / shape[1]))
        if halvings not in found or shape[-1] <= found[halvings].output.shape[-1]:
            found[halvings] = layer
    return [found[halvings] for halvings in HALVINGS if halvings in found]


def _on_every_path(ordered: Sequence[Any]) -> Iterator[Any]:
    """Give the layers that all of a film goes through, of layers in the order of their work."""
    place = {id(layer.output): number for number, layer in enumerate(ordered)}
    last_use = dict.fromkeys(place.values(), 0)
    for number, layer in enumerate(ordered):
        for tensor in layer.input if isinstance(layer.input, list | tuple) else [layer.input]:
            if (made := place.get(id(tensor))) is not None:
                last_use[made] = max(last_use[made], number)
    in_use_until = 0
    for number, layer in enumerate(ordered):
        if in_use_until <= number:
            yield layer
        in_use_until = max(in_use_until, last_use[number])


def mix_style(maps: Any, share: float, seed: Any) -> Any:
    """Return feature maps (N, H, W, C), some with mean and spread on their way to another film's.

    Args:
        maps: float32 tensor.
        share: probability that a film borrows; how far it goes is drawn evenly.
        seed: int32 (2,), the only source of chance.
    """
    mean, variance = (tf.stop_gradient(of) for of in tf.nn.moments(maps, (1, 2), keepdims=True))
    spread = tf.sqrt(variance + LEAST_VARIANCE)
    place, borrows, way = tf.unstack(tf.random.stateless_uniform((3, tf.shape(maps)[0]), seed))
    lender = tf.argsort(place)
    part = tf.where(borrows < share, way, tf.zeros_like(way))[:, None, None, None]
    new_mean, new_spread = (of + part * (tf.gather(of, lender) - of) for of in (mean, spread))
    return (maps - mean) * (new_spread / spread) + new_mean


def _mixing(kind: Any, share: float, key: tuple[int, int], steps: Any) -> type:
    # `chance` keys dropout by seed and number too: the paper's number makes this another stream.
    (salt,) = np.random.SeedSequence([*key, 2104_02008]).generate_state(1)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        seed = tf.stack([int(salt) % 2**31, tf.cast(tf.convert_to_tensor(steps), tf.int32)])
        return mix_style(kind.call(self, *args, **kwargs), share, seed)

    # The class keeps its name: weights are written under it.
    return type(kind.__name__, (kind,), {"call": call})
