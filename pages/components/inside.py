"""Inside the network: what the channels of its layers answer to the film."""

from math import sqrt
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.components import films, viewer
from pages.components.fragment import fragment
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier

if TYPE_CHECKING:
    from xray_core.explain.activations import LayerChannel, LayerInfo

WIDTH = 730
HEIGHT = 620
FINE = 8
"""Maps of at least an eighth of the input's side are fine enough to be recognised."""
COARSE = 10
"""Cells a side of a map up to which it is said how rough its places are."""
LOOKS = {"grid": "Grid", "one": "One large", "through": "All layers"}
NO_FINDING = (
    "It shows what the network passes on, not why it decides: a bright spot is not a finding."
)
SCALES = {"per channel": "Each its own", "shared": "One for all"}


# TensorFlow takes seconds to import, and these rooms need it: they are imported when first used.
@st.cache_resource(show_spinner=False, max_entries=4)
def _layers(model: str, _classifier: Classifier) -> "dict[str, LayerInfo]":
    from xray_core.explain.activations import layers_of

    return {info.name: info for info in layers_of(_classifier.model)}


@st.cache_resource(show_spinner="Looking inside the network …", max_entries=24)
def _maps(film: str, source: str, model: str, layer: str, _classifier: Any, _film: Any) -> Any:
    """Return the channels of a layer, float32 (h, w, C)."""
    from xray_core.explain.activations import channels

    return channels(_classifier.model, films.network_view(_film, _classifier).pixels, layer)


@st.cache_resource(show_spinner="Looking inside the network …", max_entries=24)
def _through(
    film: str, source: str, model: str, index: int | None, _classifier: Any, _film: Any
) -> "tuple[LayerChannel, ...]":
    from xray_core.explain.activations import all_layers_channel

    return all_layers_channel(
        _classifier.model, films.network_view(_film, _classifier).pixels, index
    )


@fragment
def show(classifier: Classifier, film: Radiograph) -> None:
    """Show the channels of a layer, one channel, or one through all layers."""
    layers = _layers(classifier.sha256, classifier)
    if not layers:
        st.caption("This network has no maps to show.")
        return
    controls, picture = st.columns([1, 3.2], gap="medium")
    # A fully connected network has numbers, but no map that could be shown large.
    mapped = any(info.spatial for info in layers.values())
    with controls:
        look = st.segmented_control(
            "Show",
            list(LOOKS) if mapped else ["grid"],
            default="grid",
            required=True,
            key="inside-look" if mapped else "inside-look-flat",
            format_func=LOOKS.__getitem__,
            width="stretch",
        )
    draw = {"grid": _grid, "one": _one, "through": _all_layers}[look]
    figure, png = draw(classifier, film, controls)
    with picture, st.container(key="inside-picture", height=HEIGHT + 30, border=False):
        st.plotly_chart(figure, theme=None, config=viewer.QUIET, key=f"inside-figure-{look}")
    controls.download_button(
        "Picture (PNG)",
        png,
        f"{film.sha256[:12]}-{look}.png",
        "image/png",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )


def _layer(classifier: Classifier, place: Any, *, spatial: bool) -> "LayerInfo":
    """Choose a layer; at first the last one whose maps still show a chest."""
    layers = {
        name: info
        for name, info in _layers(classifier.sha256, classifier).items()
        if info.spatial or not spatial
    }
    names = list(layers)
    fine = classifier.input_size // FINE
    last = max((i for i, name in enumerate(names) if layers[name].shape[0] >= fine), default=0)

    def shape(name: str) -> str:
        height, width, count = layers[name].shape
        return f"{height}×{width}×{count}"

    def title(name: str) -> str:
        return f"{name} · {shape(name)}"

    name = place.selectbox(
        f"Layer ({len(names)})", names, last, format_func=title, key=f"inside-layer-{spatial}"
    )
    info = layers[name]
    # The box cuts long titles short, and 20×20×240 must not read as 20×20×2.
    place.caption(f"{info.kind.capitalize()}, {shape(name)}, {info.parameters:,} parameters.")
    return info


def _grid(classifier: Classifier, film: Radiograph, place: Any) -> tuple[Any, Any]:
    from xray_core.plots.channels import channel_grid, channel_grid_png

    info = _layer(classifier, place, spatial=False)
    order = place.segmented_control(
        "Order",
        ["strongest", "in order"],
        default="strongest",
        required=True,
        format_func=str.capitalize,
        key="inside-order",
        width="stretch",
    )
    scale = place.segmented_control(
        "Scale of values",
        list(SCALES),
        default="per channel",
        required=True,
        format_func=SCALES.__getitem__,
        key="inside-scale",
        width="stretch",
    )
    place.caption(
        "A channel is strong where it answers some places of this film and not others. "
        f"{NO_FINDING}"
    )
    maps = _maps(film.sha256, film.source, classifier.sha256, info.name, classifier, film)
    how = {"order": order, "scale": scale, "limit": info.shape[2], "synthetic": film.synthetic}
    how["columns"] = min(12, max(1, round(sqrt(1.5 * info.shape[2]))))
    return _fitted(channel_grid(maps, info, **how)), lambda: channel_grid_png(maps, info, **how)


def _fitted(figure: Any) -> Any:
    """Give a mosaic the height that its width on the page leaves it, so that no gap is seen."""
    wide, tall = figure.layout.xaxis.range[1], figure.layout.yaxis.range[0]
    figure.update_xaxes(ticks="").update_yaxes(ticks="")
    return figure.update_layout(height=round(tall * WIDTH / wide) + 48)


def _one(classifier: Classifier, film: Radiograph, place: Any) -> tuple[Any, Any]:
    from xray_core.explain.activations import LayerChannel, channel_order
    from xray_core.plots.channels import channel_over_film, channel_over_film_png

    info = _layer(classifier, place, spatial=True)
    maps = _maps(film.sha256, film.source, classifier.sha256, info.name, classifier, film)
    ranks = channel_order(maps).tolist()
    index = place.selectbox(
        "Channel, strongest first",
        ranks,
        key=f"inside-channel-{info.name}",
        format_func=lambda number: f"Channel {number}",
    )
    opacity = place.slider("Opacity (%)", 0, 100, 60, 5, key="inside-opacity") / 100
    screen, geometry = (
        films.screen(film.sha256, film),
        films.network_view(film, classifier).geometry,
    )
    place.caption(NO_FINDING)
    if max(info.shape[:2]) <= COARSE:
        place.caption("With so few cells a place on the film is true to about half a cell.")
    channel = LayerChannel(info, index, maps[..., index])
    how = {"opacity": opacity, "window": viewer.grey_window(film.sha256)}
    figure = channel_over_film(screen, geometry, channel, height=HEIGHT, **how)
    return figure, lambda: channel_over_film_png(screen, geometry, channel, **how)


def _all_layers(classifier: Classifier, film: Radiograph, place: Any) -> tuple[Any, Any]:
    from xray_core.plots.channels import channel_through_layers, channel_through_layers_png

    index = place.number_input(
        "Channel",
        0,
        100_000,
        None,
        placeholder="the strongest of each layer",
        key="inside-through",
        help="A layer with fewer channels starts again from 0.",
    )
    place.caption(NO_FINDING)
    picked = _through(film.sha256, film.source, classifier.sha256, index, classifier, film)
    synthetic = film.synthetic
    return (
        _fitted(channel_through_layers(picked, columns=6, synthetic=synthetic)),
        lambda: channel_through_layers_png(picked, columns=6, synthetic=synthetic),
    )
