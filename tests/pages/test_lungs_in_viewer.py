"""The lungs in Diagnose: outlined on demand, and their share of the evidence."""

import json
import re

import numpy as np
import pytest
from pagetools import drop, explain, failed, open_tab, text_of, until_explained


def outlined(app, on=True):
    """Switch the outlines."""
    app.toggle(key="lungs-shown").set_value(on)
    return app.run()


def lines(app):
    """Names of the lines over the film."""
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    return [trace.get("name") for trace in figure["data"][1:]]


def words(app):
    """The words of the page as they are read."""
    return text_of(app).replace("\\", "")


def hidden(app):
    """Whether the browser is told to hide them."""
    return any("scatterlayer" in html.proto.body for html in app.get("html"))


def always(monkeypatch, plausible, reason=""):
    """Let the segmenter find this, and count how often it is asked."""
    from xray_core.lungs import LungFinder, Lungs

    asked = []

    def find(self, pixels):
        asked.append(1)
        mask = np.zeros(pixels.shape, bool)
        mask[20:90, 20:100] = True
        return Lungs(mask, (20, 20, 90, 100) if plausible else None, plausible, reason)

    monkeypatch.setattr(LungFinder, "find", find)
    return asked


def test_the_lungs_are_outlined_on_demand_and_looked_for_once(
    tiny_segmenter, open_page, phantom, monkeypatch
):
    asked = always(monkeypatch, True)
    app = drop(open_page(), {"phantom.png": phantom})
    assert not failed(app) and not asked and lines(app) == []
    app = outlined(app)
    assert lines(app) == ["The lungs as found"] and not hidden(app)
    assert "Blue, dashed: the lungs as found. The network sees the whole film." in words(app)
    app = outlined(app, on=False)
    assert lines(app) == ["The lungs as found"] and hidden(app)
    assert "Drag to zoom" in text_of(app)
    outlined(app)
    assert len(asked) == 1


def test_where_no_lungs_are_found_the_reason_stands_below_the_film(
    tiny_segmenter, open_page, phantom, monkeypatch
):
    always(monkeypatch, False, "No pair of lungs was found on this film.")
    app = outlined(drop(open_page(), {"phantom.png": phantom}))
    assert lines(app) == []
    assert "No pair of lungs was found on this film." in text_of(app)


def test_without_a_segmenter_it_says_what_is_missing(tiny_bundle, open_page, phantom):
    app = outlined(drop(open_page(), {"phantom.png": phantom}))
    assert not failed(app) and lines(app) == []
    assert "No model that finds lungs is installed" in text_of(app)


def test_a_network_that_crops_shows_its_box_from_the_first(
    tiny_segmenter, tiny_bundle, open_page, phantom, monkeypatch
):
    from trusting import trust

    from xray_core.bundle import BundleManifest, LungsUsed
    from xray_core.bundle.store import bundle_sha256

    manifest = BundleManifest.read(tiny_bundle)
    used = LungsUsed(name="tiny-lungs", sha256=bundle_sha256(tiny_segmenter))
    how = manifest.preprocessing.model_copy(update={"crop": "lungs", "lungs": used})
    manifest.model_copy(update={"preprocessing": how}).write(tiny_bundle)
    trust(tiny_bundle, default=True)
    always(monkeypatch, True)
    app = drop(open_page(), {"phantom.png": phantom})
    assert not failed(app)
    assert lines(app) == ["The lungs as found", "What the network sees"] and hidden(app)
    app = outlined(app)
    assert "Yellow, dotted: what the network sees." in words(app)


def test_the_lungs_share_of_the_evidence_stands_beside_the_fit_and_in_the_record(
    tiny_segmenter, open_page, phantom, monkeypatch
):
    always(monkeypatch, True)
    app = until_explained(explain(drop(open_page(), {"phantom.png": phantom})))
    said = re.search(
        r"(\d+)% of the evidence lies in the lungs, \d+% outside; the lungs cover 34%", words(app)
    )
    assert said
    app = open_tab(app, "Record")
    assert not failed(app)
    explanation = json.loads(app.json[0].value)["explanation"]
    assert explanation["lung_share"] == pytest.approx(int(said[1]) / 100, abs=0.005)
    assert explanation["lung_area"] == pytest.approx(70 * 80 / 128**2, abs=0.01)
    assert explanation["lungs"]["finder"] == "tiny-lungs"
