"""What a clinician gets from Diagnose."""

import io
import json
import time

import numpy as np
import pytest
from pagetools import drop, explain, failed, open_tab, press, text_of, until_explained
from PIL import Image, ImageFilter

from pages.components import desk, jobs
from xray_core.settings import settings


@pytest.fixture
def phantom(phantom_file):
    return phantom_file("lobar", seed=4, size=128).read_bytes()


@pytest.fixture
def films(phantom, phantom_file):
    """A phantom, a JPEG that is not known to be one, and what is no film."""
    grey = Image.open(phantom_file("normal", seed=5, size=128)).convert("L")
    jpeg = io.BytesIO()
    grey.save(jpeg, "JPEG", quality=95)
    colour = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (128, 128, 3))
    Image.fromarray(noise.astype(np.uint8)).save(colour, "PNG")
    return {
        "phantom.png": phantom,
        "film.jpeg": jpeg.getvalue(),
        "notes.png": b"This is a letter, not a film.",
        "holiday.png": colour.getvalue(),
    }


def choose(app, name):
    """Look at another film of the list."""
    (films,) = app.radio
    films.set_value(films.options[next(i for i, o in enumerate(films.options) if name in o)])
    return app.run()


def listed(app):
    """Return file names and captions of the list."""
    (films,) = app.radio
    names = [option.replace("\\", "") for option in films.options]
    return dict(zip(names, films.proto.captions, strict=True))


def test_a_dropped_film_gets_an_opinion_in_words_and_numbers(tiny_bundle, open_page, phantom):
    app = drop(open_page(), {"phantom.png": phantom})
    words = text_of(app)
    assert not failed(app)
    assert "Pneumonia " in words and "%" in words
    assert "What the network sees" in words and "32 × 32 px" in words
    assert "Synthetic phantom, not a patient." in [w.value for w in app.warning]
    assert "PNG, 128 × 128 px, 8 bit" in words


def test_the_opinion_is_that_of_the_command_line(tiny_bundle, open_page, phantom):
    from xray_core.inference import load_classifier, read_film
    from xray_core.plots.opinion import in_words

    prediction = read_film(load_classifier(), phantom, "phantom.png").prediction
    app = drop(open_page(), {"phantom.png": phantom})
    assert in_words(prediction).headline in text_of(app).replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_no_film_says_why_and_does_not_disturb_the_others(tiny_bundle, open_page, films):
    app = drop(open_page(), films)
    assert not failed(app)
    found = listed(app)
    assert list(found) == list(films)
    assert "Pneumonia" in found["phantom.png"] and "Pneumonia" in found["film.jpeg"]
    assert "Unreadable" in found["notes.png"]
    assert "Refused" in found["holiday.png"]

    words = text_of(choose(app, "notes"))
    assert "This file cannot be shown" in words and "This is text" in words
    words = text_of(choose(app, "holiday"))
    assert "No opinion: not a film to read" in words and "colour" in words
    words = text_of(choose(app, "film"))
    assert "What the network sees" in words
    assert not failed(app)


def test_where_the_model_abstains_its_numbers_are_folded_away(tiny_bundle, open_page, phantom_file):
    blurred = Image.open(phantom_file("normal", seed=6, size=256)).convert("L")
    data = io.BytesIO()
    blurred.filter(ImageFilter.GaussianBlur(10)).save(data, "PNG")
    app = drop(open_page(), {"blurred.png": data.getvalue()})
    words = text_of(app)
    assert not failed(app)
    assert "No opinion: the model abstains" in words
    assert "too blurred to read" in words and "Read this film without the model" in words
    assert "Abstains" in listed(app)["blurred.png"]
    assert "Pneumonia is called from" not in words
    (folded,) = app.expander
    assert folded.label == "What the network would have said" and not folded.proto.expanded
    assert len(folded.get("plotly_chart")) == 1
    assert len(app.get("plotly_chart")) == 2  # the film and the folded bars


def test_without_a_model_the_film_is_shown_and_the_page_says_what_is_missing(
    no_model, open_page, films
):
    app = drop(open_page(), films)
    words = text_of(app)
    assert not failed(app)
    assert "No opinion" in words and "no model is installed" in words
    assert "PNG, 128 × 128 px" in words
    assert [slider.label for slider in app.slider][:2] == ["Window (width, %)", "Level (centre, %)"]
    assert "This is text" in text_of(choose(app, "notes"))


def test_a_model_whose_files_were_changed_gives_no_opinion(tiny_bundle, open_page, phantom):
    (tiny_bundle / "README.md").write_text("changed")
    app = drop(open_page(), {"phantom.png": phantom})
    assert not failed(app)
    assert "its files were changed" in text_of(app)


def test_a_phantom_needs_no_file(tiny_bundle, open_page):
    app = open_page()
    app.selectbox(key="phantom-kind-main").set_value("lobar")
    app = press(app, "Draw the phantom")
    words = text_of(app)
    assert not failed(app)
    assert "phantom-lobar-child-1.png" in words
    assert "drawn as bacterial pneumonia" in words


def test_a_sample_without_a_network_is_one_sentence(tiny_bundle, open_page, monkeypatch):
    import pooch

    def refuse(*args, **kwargs):
        raise OSError("no route")

    monkeypatch.setattr(pooch, "retrieve", refuse)
    app = press(open_page(), "Open the sample")
    assert not failed(app)
    (warning,) = app.warning
    assert "could not be fetched" in warning.value and "phantoms" in warning.value
    assert "Draw the phantom" in [button.label for button in app.button]


def test_window_level_and_invert_are_reset(tiny_bundle, open_page, phantom):
    app = drop(open_page(), {"phantom.png": phantom})
    width, level = app.slider[0], app.slider[1]
    width.set_value(30)
    level.set_value(70)
    app.toggle[0].set_value(True)
    app.run()
    assert (app.slider[0].value, app.slider[1].value, app.toggle[0].value) == (30, 70, True)
    app = press(app, "Reset")
    assert (app.slider[0].value, app.slider[1].value, app.toggle[0].value) == (100, 50, False)


@pytest.mark.parametrize(("depth", "said"), [(np.uint8, False), (np.uint16, True)])
def test_a_narrow_window_on_a_deep_film_is_said_to_show_steps(
    depth, said, tiny_bundle, open_page, phantom_file
):
    grey = np.asarray(Image.open(phantom_file("normal", seed=7, size=128)).convert("L"))
    data = io.BytesIO()
    Image.fromarray((grey / 255 * np.iinfo(depth).max).astype(depth)).save(data, "PNG")
    app = drop(open_page(), {"film.png": data.getvalue()})
    assert "shows steps" not in text_of(app)
    app.slider[0].set_value(20)
    assert ("shows steps" in text_of(app.run())) == said
    assert not failed(app)


def test_the_desk_is_cleared_and_says_what_to_do_next(tiny_bundle, open_page, films):
    app = press(drop(open_page(), films), "Clear all")
    assert "Drop a chest X-ray to begin" in text_of(app)


def test_one_film_is_removed_and_the_next_is_shown(tiny_bundle, open_page, films):
    app = press(drop(open_page(), films), "Remove")
    assert list(listed(app)) == ["film.jpeg", "notes.png", "holiday.png"]
    assert "**film.jpeg**" in text_of(app)


def test_more_films_than_the_desk_holds_are_left_out_with_a_sentence(
    tiny_bundle, open_page, films, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_FILMS", 2)
    app = drop(open_page(), films)
    assert len(listed(app)) == 2
    assert any(
        "2 files were left out: the desk holds at most 2 films." in warning.value
        for warning in app.warning
    )


def test_films_of_too_many_bytes_are_left_out_and_the_sentence_says_that(
    tiny_bundle, open_page, films, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_BYTES", len(films["phantom.png"]) + 2**10)
    app = drop(open_page(), {name: films[name] for name in ("phantom.png", "holiday.png")})
    assert list(listed(app)) == ["phantom.png"]
    assert any(
        warning.value.startswith("1 file was left out: the desk holds at most ")
        and "MB of films" in warning.value
        for warning in app.warning
    )


def test_a_phantom_drawn_for_a_full_desk_is_the_film_that_is_shown(
    tiny_bundle, open_page, films, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_FILMS", 2)
    app = press(drop(open_page(), films), "Draw the phantom")
    assert list(listed(app)) == ["film.jpeg", "phantom-normal-child-1.png"]
    words = text_of(app)
    assert not failed(app)
    assert "**phantom-normal-child-1.png**" in words
    assert "The oldest film was taken off: the desk holds at most 2 films." in words


def test_what_a_film_may_have_is_said_where_it_is_dropped(no_model, open_page, monkeypatch):
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "7MiB")
    settings.cache_clear()
    assert open_page().file_uploader[0].label.endswith("each up to 7 MB")


def test_a_rerun_decodes_and_predicts_nothing_again(tiny_bundle, open_page, films, monkeypatch):
    from pages.components import films as cached

    app = drop(open_page(), films)
    calls = []
    monkeypatch.setattr(cached, "read_film", lambda *args: calls.append(args))
    monkeypatch.setattr(cached, "read_guarded", lambda *args: calls.append(args))
    assert not failed(app.run())
    assert not calls


@pytest.mark.parametrize("model", ["tiny_bundle", "no_model"])
def test_a_film_that_the_decoder_had_no_time_for_is_read_when_it_is_dropped_again(
    model, request, open_page, phantom, monkeypatch
):
    from pages.components import films as cached
    from xray_core.errors import UnreadableFilm
    from xray_core.inference import reading

    request.getfixturevalue(model)

    def late(data, source):
        raise UnreadableFilm(source, "decoding took longer than the 20 seconds that are allowed.")

    with monkeypatch.context() as busy:
        busy.setattr(reading, "read_guarded", late)
        busy.setattr(cached, "read_guarded", late)
        app = drop(open_page(), {"phantom.png": phantom})
        assert "took longer than the 20" in text_of(app)
    assert "took longer than the 20" in text_of(app.run()), "it is not decoded at every run"
    app = drop(app, {"phantom.png": phantom})
    assert not failed(app)
    assert "took longer than the 20" not in text_of(app) and "PNG, 128 × 128 px" in text_of(app)


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


def test_what_was_asked_last_stands_in_the_form_after_another_page(tiny_bundle, open_page, phantom):
    app = explain(drop(open_page(), {"phantom.png": phantom}), samples=60)
    app = until_explained(app).switch_page("pages/about.py").run()
    app = app.switch_page("pages/diagnose.py").run()
    assert not failed(app)
    assert next(n for n in app.number_input if n.label == "Samples").value == 60


def test_a_model_that_could_not_be_loaded_for_want_of_memory_is_loaded_again(
    tiny_bundle, open_page, phantom, monkeypatch
):
    from pages.components import models

    def full(info):
        raise MemoryError

    with monkeypatch.context() as memory:
        memory.setattr(models, "Classifier", full)
        app = drop(open_page(), {"phantom.png": phantom})
        assert "Something unexpected" in failed(app)[0]
    app = app.run()
    assert not failed(app) and "What the network sees" in text_of(app)


def test_an_explanation_is_cancelled_and_can_be_asked_for_again(
    tiny_bundle, open_page, phantom, monkeypatch
):
    batches = []

    def endless(score, image, target, settings, *, task, progress):
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
    assert {"tensorflow", "keras", "numpy", "lime"} <= record["versions"].keys()
    assert "laboratory test" in record["notice"]
