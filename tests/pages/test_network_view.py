"""What the page says that the network saw is what it saw."""

import json

import keras
import numpy as np
import pytest
from keras import layers
from pagetools import drop, failed, open_tab, text_of

from pages.components.opinion import part_in_words
from xray_core.bundle import Preprocessing
from xray_core.imaging.geometry import InputGeometry
from xray_core.inference import NetworkView
from xray_core.lungs import Lungs, frame_film

SHAPE = (100, 120)


@pytest.mark.parametrize(
    ("crop", "margin", "found", "said"),
    [
        ("none", 0.05, None, "the whole film"),
        ("border", 0.05, None, "the film without its border"),
        ("border", 0.0, None, "the whole film"),
        ("lungs", 0.05, True, "the box of the lungs and a margin"),
        ("lungs", 0.0, True, "the box of the lungs"),
        ("lungs", -0.05, True, "the box of the lungs without its edge"),
        ("lungs", 0.05, False, "the whole film (no plausible lungs were found)"),
    ],
)
def test_the_part_that_was_seen_is_said(crop, margin, found, said):
    how = Preprocessing(crop=crop, margin=margin)
    box = (20, 20, 80, 100) if found else None
    lungs = None if found is None else Lungs(np.zeros(SHAPE, bool), box, found, "")
    geometry: InputGeometry = frame_film(SHAPE, lungs, how, 32)
    view = NetworkView(geometry, np.zeros((32, 32), np.float32), lungs)
    assert part_in_words(view, how) == said


def test_that_a_large_film_was_made_small_is_said():
    view = NetworkView(InputGeometry.whole(SHAPE, 32), np.zeros((32, 32), np.float32))
    limits = {64: " (of the film made 64 px long, as it knows films)", 120: "", None: ""}
    for limit, words in limits.items():
        assert part_in_words(view, Preprocessing(longest=limit)) == f"the whole film{words}"


def test_a_network_without_maps_has_nothing_to_show_inside(tiny_bundle, open_page, phantom):
    from trusting import trust

    film = layers.Input((32, 32, 1))
    keras.Model(film, layers.Dense(4)(layers.Flatten()(film))).save(tiny_bundle / "model.keras")
    trust(tiny_bundle, default=True)
    app = open_tab(drop(open_page(), {"phantom.png": phantom}), "Inside the network")
    assert not failed(app)
    assert "This network has no maps to show." in text_of(app)


def test_an_output_of_another_name_is_shown_by_it(tiny_bundle, open_page, phantom):
    from trusting import trust

    film = layers.Input((32, 32, 1))
    x = layers.MaxPooling2D(4, name="pool")(film)
    keras.Model(film, layers.Dense(3)(layers.Flatten()(x))).save(tiny_bundle / "model.keras")
    manifest = json.loads((tiny_bundle / "bundle.json").read_text())
    manifest["outputs"] = [
        {"name": "NORMAL", "classes": ["NORMAL"]},
        {"name": "BACTERIAL", "classes": ["BACTERIAL"]},
        {"name": "VIRAL OR COVID", "classes": ["VIRAL", "COVID-19"]},
    ]
    (tiny_bundle / "bundle.json").write_text(json.dumps(manifest))
    trust(tiny_bundle, default=True)
    app = drop(open_page(), {"phantom.png": phantom})
    assert not failed(app)
    explained = next(box for box in app.selectbox if box.label == "Explain")
    assert explained.options[-1] == "VIRAL OR COVID"
    app = open_tab(app, "Inside the network")
    app.session_state["inside-look"] = "one"
    app = app.run()
    assert not failed(app)
    assert "true to about half a cell" in text_of(app)
