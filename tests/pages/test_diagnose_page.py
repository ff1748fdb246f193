"""What a clinician gets from Diagnose for one film."""

import io

import numpy as np
import pytest
from pagetools import drop, failed, listed, press, text_of
from PIL import Image, ImageFilter


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
