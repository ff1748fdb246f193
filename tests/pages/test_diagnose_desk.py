"""The desk of Diagnose: several films at once, what is none of them, and what it holds at most."""

import io

import numpy as np
import pytest
from pagetools import drop, failed, listed, press, text_of
from PIL import Image

from pages.components import desk
from xray_core.settings import settings


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


def test_a_film_that_breaks_the_reading_does_not_keep_the_others_from_being_read(
    tiny_bundle, open_page, films, monkeypatch
):
    names, broken = list(films), {"film.jpeg"}
    read = desk.films.opinion_of

    def opinion_of(file, reader):
        if file.name in broken:
            raise MemoryError("a cable was pulled")
        return read(file, reader)

    monkeypatch.setattr(desk.films, "opinion_of", opinion_of)
    app = drop(open_page(), films)
    found = listed(app)
    assert list(found) == names and not app.exception
    assert "Not read: something went wrong" in found["film.jpeg"]
    assert "Refused" in found["holiday.png"] and "Unreadable" in found["notes.png"]

    # Looked at, it is read once more.
    assert "Pneumonia" in listed(choose(app, "film"))["film.jpeg"]


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


def test_two_films_of_one_name_are_told_apart_and_each_can_be_looked_at(
    tiny_bundle, open_page, phantom_file
):
    first, second = (phantom_file("normal", seed=s, size=128).read_bytes() for s in (1, 2))
    page = open_page()
    kind = "application/octet-stream"
    page.file_uploader[0].set_value([("IM1.png", first, kind), ("IM1.png", second, kind)])
    app = page.run()
    assert not failed(app)
    keys = list(app.session_state["desk"])
    assert len(set(listed(app))) == 2
    assert app.session_state["current"] == keys[0]
    next(t for t in app.toggle if t.label == "Lungs").set_value(True)
    assert app.run().session_state["current"] == keys[0], "another widget changes no film"
    for key in (keys[1], keys[0]):
        words = text_of(choose(app, key[:8]))
        assert app.session_state["current"] == key
        assert f"**IM1.png · {key[:8]}**" in words, "the title says which of the two it is"


def test_a_film_that_breaks_the_page_can_be_taken_off_the_desk(
    tiny_bundle, open_page, films, monkeypatch
):
    def broken(*_):
        raise RuntimeError("the network is out of order")

    monkeypatch.setattr("pages.components.films.look_at", broken)
    app = drop(open_page(), films)
    assert "Something unexpected went wrong" in text_of(app)
    assert list(listed(app)) == list(films)
    assert [b.label for b in app.button if b.label == "Remove"]


def test_a_film_that_can_be_read_only_now_is_shown_with_its_own_opinion(
    tiny_bundle, open_page, films, monkeypatch
):
    """What a decoder could not do once is no opinion on the film that it has read since."""
    from pages.components import films as shelf
    from xray_core.errors import UnreadableFilm
    from xray_core.inference import reading

    decode = reading.read_guarded
    busy = [True]

    def sometimes(data, source):
        if busy[0]:
            raise UnreadableFilm(source, "decoding took longer than the seconds that are allowed.")
        return decode(data, source)

    monkeypatch.setattr(reading, "read_guarded", sometimes)
    app = drop(open_page(), {"film.jpeg": films["film.jpeg"]})
    assert "Decoding took longer" in text_of(app)
    busy[0] = False
    shelf._reading.clear()  # as many others that were read since do
    words = text_of(app.run())
    assert "Decoding took longer" not in words
    assert "What the network sees" in words
