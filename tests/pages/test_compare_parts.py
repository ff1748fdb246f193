"""Errors and Films on Compare: thresholds in words, and what two models see in a film."""

import pytest
from comparetools import compared, part, until
from pagetools import failed, press, text_of

from pages.components import compare_films


def test_the_errors_of_each_class_stand_below_those_of_the_threshold(tiny_and_stern, phantoms):
    app = part(compared(phantoms), "Errors")
    table = next(d.value for d in app.dataframe if "Class" in d.value.columns)
    assert list(table["Films"]) == 2 * [4, 4, 4, 0]
    assert {"Precision", "Recall", "F1"} < set(table.columns)
    assert "Viral pneumonia" in set(table["Class"])


def test_the_threshold_moves_both_errors_in_words(tiny_and_stern, phantoms):
    app = part(compared(phantoms), "Errors")
    app.segmented_control[0].set_value("One for all")
    app = app.run()
    app.slider[0].set_value(0.0)
    app = app.run()
    everything = text_of(app)
    assert everything.count("none is missed (0 of 8); of 100 without, 100 are called") == 2
    app.slider[0].set_value(1.0)
    nothing = text_of(app.run())
    assert nothing.count("100 are missed (8 of 8); of 100 without, none is called") == 2


def test_a_threshold_that_was_set_stays_on_the_other_parts(tiny_and_stern, phantoms):
    from pages.components import compare_threshold

    app = part(compared(phantoms), "Errors")
    app.segmented_control[0].set_value("One for all")
    app = app.run()
    app.slider[0].set_value(0.6)
    app = part(app.run(), "Curves").run()
    (kept,) = app.session_state[compare_threshold.KEPT].values()
    assert kept == ("One for all", 0.6)
    assert "Marks stand at one threshold for all, 0.600" in text_of(app)
    app = part(app, "Errors")
    assert app.slider[0].value == 0.6
    assert text_of(app).count("at 0.600") == 2


def test_an_explanation_that_fails_says_why(tiny_and_stern, phantoms, monkeypatch):
    from pages.components import jobs
    from xray_core.errors import ExplanationError

    def fail(*_, **__):
        raise ExplanationError("the film has no pixels to explain.")

    monkeypatch.setattr(jobs, "explain_lime", fail)
    app = part(compared(phantoms), "Films")
    if not [b for b in app.button if b.label == "Open"]:
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    app = press(press(app, "Open"), "Explain both")
    app = until(app, failed)
    assert "has no pixels to explain" in text_of(app) + " ".join(failed(app))


def with_films(app):
    """Open Films, and a gallery of it that has some."""
    app = part(app, "Films")
    if not [b for b in app.button if b.label == "Open"]:
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    return app


def test_a_film_that_was_changed_since_it_was_scored_is_not_shown_as_the_one_scored(
    tiny_and_stern, phantoms, phantom_file
):
    from xray_core.plots.film import BLANK

    app = compared(phantoms)
    for film in phantoms.glob("*/*.png"):
        film.write_bytes(phantom_file("lobar", seed=40).read_bytes())
    shown = []
    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(compare_films.st, "image", lambda picture, **_: shown.append(picture))
        app = with_films(app)
    assert not failed(app)
    assert shown and set(shown) == {BLANK}
    assert "was changed since it was scored; press Compare to score it anew." in text_of(app)
    (said,) = failed(press(app, "Open"))
    assert said.endswith("was changed since it was scored; press Compare to score it anew.")
    assert "Explain both" not in [button.label for button in app.button]


def test_films_on_which_models_differ_open_with_both_opinions_and_explanations(
    tiny_and_stern, phantoms
):
    app = part(compared(phantoms), "Films")
    assert not failed(app)
    if not [b for b in app.button if b.label == "Open"]:
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    app = press(app, "Open")
    assert not failed(app)
    assert {"**tiny**", "**stern**"} <= {element.value for element in app.markdown}
    app = press(app, "Explain both")
    app = until(app, lambda page: "The difference" in text_of(page))
    assert not failed(app)
    assert "Blue" in text_of(app)
    app = press(app, "Back to the films")
    assert not failed(app)
    assert "Explain both" not in [button.label for button in app.button]
