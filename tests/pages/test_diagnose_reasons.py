"""Why, Inside the network and Record: the reasons that Diagnose gives for an opinion."""

import json
import time

from pagetools import drop, explain, failed, open_tab, press, text_of, until_explained

from pages.components import jobs
from xray_core.reports.versions import versions


def test_why_shows_an_explanation_with_how_far_to_trust_it(tiny_bundle, open_page, phantom):
    app = drop(open_page(), {"phantom.png": phantom})
    assert "Press **Explain**" in text_of(app)
    app = until_explained(explain(app))
    assert not failed(app)
    assert "50 samples" in text_of(app)
    assert "R²" in text_of(app) or "hidden" in text_of(app)


def test_the_same_explanation_is_not_made_twice(tiny_bundle, open_page, phantom, monkeypatch):
    made = []
    explain_lime = jobs.explain_lime

    def counted(*args, **kwargs):
        made.append(args)
        return explain_lime(*args, **kwargs)

    monkeypatch.setattr(jobs, "explain_lime", counted)
    app = drop(open_page(), {"phantom.png": phantom})
    app = until_explained(explain(app))
    app = until_explained(explain(app))
    assert len(made) == 1
    app = until_explained(explain(app, samples=60))
    assert len(made) == 2


def test_an_explanation_that_is_too_large_is_told_and_a_smaller_one_is_made(
    tiny_bundle, open_page, phantom
):
    app = drop(open_page(), {"phantom.png": phantom})
    segments = next(n for n in app.number_input if n.label == "About how many")
    segments.set_value(400)
    app = explain(app, samples=100_000)
    assert not app.exception
    (said,) = [error.value for error in app.error]
    assert "with so many segments 25,000 samples are allowed" in said
    app = until_explained(explain(app))
    assert not failed(app) and "50 samples" in text_of(app)


def test_what_was_asked_last_stands_in_the_form_after_another_page(tiny_bundle, open_page, phantom):
    app = explain(drop(open_page(), {"phantom.png": phantom}), samples=60)
    app = until_explained(app).switch_page("pages/about.py").run()
    app = app.switch_page("pages/diagnose.py").run()
    assert not failed(app)
    assert next(n for n in app.number_input if n.label == "Samples").value == 60


def test_an_explanation_is_cancelled_and_can_be_asked_for_again(
    tiny_bundle, open_page, phantom, monkeypatch
):
    batches = []

    def endless(*explained, progress, **how):
        while True:
            time.sleep(0.01)
            batches.append(1)
            progress(len(batches), 1_000_000)

    explain_lime = jobs.explain_lime
    monkeypatch.setattr(jobs, "explain_lime", endless)
    app = explain(drop(open_page(), {"phantom.png": phantom}))
    assert "Cancel" in [button.label for button in app.button]
    app = press(app, "Cancel")
    assert not failed(app)
    assert "Press **Explain**" in text_of(app)
    time.sleep(0.1)
    done = len(batches)
    time.sleep(0.1)
    assert len(batches) == done, "the work goes on after it was cancelled"

    monkeypatch.setattr(jobs, "explain_lime", explain_lime)
    assert "R²" in text_of(until_explained(explain(app))) or "hidden" in text_of(app)


def test_inside_the_network_shows_channels_in_three_ways(tiny_bundle, open_page, phantom):
    app = open_tab(drop(open_page(), {"phantom.png": phantom}), "Inside the network")
    assert not failed(app)
    layers = next(box for box in app.selectbox if box.label.startswith("Layer"))
    assert "pool2 · 8×8×16" in layers.options
    for look in ("one", "through", "grid"):
        app.session_state["inside-look"] = look
        app = app.run()
        assert not failed(app)
    assert len(app.get("plotly_chart")) == 3, "the film, the probabilities and the channels"


def test_the_record_can_make_it_all_again(tiny_bundle, open_page, phantom):
    app = until_explained(explain(drop(open_page(), {"phantom.png": phantom})))
    app = open_tab(app, "Record")
    assert not failed(app)
    record = json.loads(app.json[0].value)
    assert record["film"]["synthetic"] is True and len(record["film"]["sha256"]) == 64
    assert record["model"]["name"] == "tiny" and len(record["model"]["sha256"]) == 64
    assert record["model"]["preprocessing"]["normalisation"] == "percentile"
    assert record["opinion"]["probabilities"].keys() == {"NORMAL", "BACTERIAL", "VIRAL", "COVID-19"}
    assert record["explanation"]["settings"]["seed"] == 0
    assert record["explanation"]["settings"]["samples"] == 50
    assert record["versions"] == versions()
    assert "laboratory test" in record["notice"]


def test_the_record_states_the_grey_window_that_is_set(tiny_bundle, open_page, phantom):
    app = open_tab(drop(open_page(), {"phantom.png": phantom}), "Record")
    next(s for s in app.slider if s.label.startswith("Window")).set_value(30)
    app = app.run()
    (record,) = (json.loads(element.value) for element in app.get("json"))
    assert record["shown_with"]["width"] == 0.3
