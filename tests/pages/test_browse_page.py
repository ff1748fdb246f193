"""What Browse shows of a folder."""

import pytest
from pagetools import failed, press, text_of

from pages.components import desk, folders, gallery
from xray_core.settings import settings


@pytest.fixture
def folder(tmp_path, phantom_file):
    """Two splits and two classes, and a file that is no film."""
    root = tmp_path / "set"
    for i, (split, name) in enumerate(
        [("train", "NORMAL"), ("train", "PNEUMONIA"), ("test", "NORMAL")]
    ):
        (root / split / name).mkdir(parents=True)
        data = phantom_file("normal", seed=i).read_bytes()
        (root / split / name / f"film-{i}.png").write_bytes(data)
    (root / "test" / "NORMAL" / "letter.png").write_bytes(b"Dear doctor,")
    return root


@pytest.fixture
def browse(tiny_bundle, open_page):
    """Return `browse(path)`: the page, looking at that folder."""

    def run(path):
        app = open_page("app.py").switch_page("pages/browse.py").run()
        app.text_input[0].set_value(str(path))
        return app.run()

    return run


def pick(app, group, *options):
    """Pick values of a filter by what they say."""
    pills = next(g for g in app.button_group if g.label == group)
    pills.set_value([o for o in pills.options if str(o).startswith(options)])
    return app.run()


def test_an_empty_page_says_what_to_do(tiny_bundle, open_page):
    app = open_page("pages/browse.py")
    words = text_of(app)
    assert "Type the path of a folder" in words and "Make 12 phantoms" in words


def test_a_folder_is_shown_with_labels_beside_opinions(browse, folder):
    app = browse(folder)
    words = text_of(app)
    assert not failed(app)
    assert "Films 1 to 4 of 4 · page 1 of 1" in words
    assert words.count("Label] Normal") == 3 and words.count("Label] Pneumonia") == 1
    assert (
        words.count("Pneumonia likely")
        + words.count("Pneumonia unlikely")
        + words.count("Pneumonia possible")
        == 3
    )
    assert "Unreadable" in words
    assert any(element.proto.help.startswith("This is text") for element in app.markdown)


def test_films_are_filtered_by_class_and_split(browse, folder):
    app = pick(browse(folder), "Class", "NORMAL", "Normal")
    assert "of 3 · page" in text_of(app)
    app = pick(app, "Split", "train")
    words = text_of(app)
    assert "Films 1 to 1 of 1" in words and "film-0.png" in words
    assert not failed(app)


def test_filters_that_leave_nothing_say_so(browse, folder):
    app = pick(pick(browse(folder), "Class", "PNEUMONIA", "Pneumonia"), "Split", "test")
    assert not failed(app)
    assert [i.value for i in app.info] == ["No film is left by these filters; unpick one of them."]


def test_pages_are_turned(browse, folder, monkeypatch):
    monkeypatch.setattr(gallery, "COLUMNS", 1)
    monkeypatch.setattr(gallery, "ROWS", 2)
    app = browse(folder)
    assert "Films 1 to 2 of 4 · page 1 of 2" in text_of(app)
    app = press(app, "Next")
    assert "Films 3 to 4 of 4 · page 2 of 2" in text_of(app)
    assert "Films 1 to 2 of 4" in text_of(press(app, "Back"))


def test_filters_and_page_are_kept_while_a_film_is_looked_at(browse, folder, monkeypatch):
    monkeypatch.setattr(gallery, "COLUMNS", 1)
    monkeypatch.setattr(gallery, "ROWS", 2)
    app = press(pick(browse(folder), "Class", "NORMAL", "Normal"), "Next")
    assert "Films 3 to 3 of 3 · page 2 of 2" in text_of(app)
    app = press(app, "Diagnose").switch_page("pages/browse.py").run()
    assert not failed(app)
    assert "Films 3 to 3 of 3 · page 2 of 2" in text_of(app)
    assert [g.value for g in app.button_group if g.label == "Class"] == [["NORMAL"]]
    app = pick(app, "Class")
    assert "Films 1 to 2 of 4 · page 1 of 2" in text_of(app)


def test_another_folder_begins_at_its_first_page(browse, folder, monkeypatch):
    monkeypatch.setattr(gallery, "COLUMNS", 1)
    monkeypatch.setattr(gallery, "ROWS", 1)
    app = pick(press(browse(folder), "Next"), "Class", "PNEUMONIA", "Pneumonia")
    app = pick(app, "Class")
    app = press(app, "Next")
    app.text_input[0].set_value(str(folder / "test"))
    app = app.run()
    assert not failed(app)
    assert "Films 1 to 1 of 2 · page 1 of 2" in text_of(app)


def test_a_filter_that_another_folder_has_not_is_dropped(browse, folder):
    app = pick(browse(folder), "Class", "PNEUMONIA", "Pneumonia")
    app = app.switch_page("pages/about.py").run().switch_page("pages/browse.py").run()
    assert "of 1 · page" in text_of(app)
    app.text_input[0].set_value(str(folder / "test"))
    app = app.run()
    assert not failed(app)
    assert "of 2 · page" in text_of(app)


def test_one_click_opens_a_film_in_diagnose_with_its_label(browse, folder):
    app = press(browse(folder), "Diagnose")
    words = text_of(app)
    assert not failed(app)
    assert "**letter.png**" not in words and "labelled Normal in set" in words
    assert "What the network sees" in words


def test_a_film_is_opened_in_diagnose_however_full_the_desk_is(browse, folder, monkeypatch):
    monkeypatch.setattr(desk, "MOST_FILMS", 1)
    app = press(browse(folder), "Diagnose")
    app = app.switch_page("pages/browse.py").run()
    next(b for b in app.button if b.key == "open-3").click()
    words = text_of(app.run())
    assert not failed(app)
    assert "**film-1.png**" in words and "labelled Pneumonia in set" in words
    assert [radio.options for radio in app.radio] == [["film-1.png"]]


def test_a_plain_folder_of_films_needs_no_labels(browse, tmp_path, phantom_file):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "one.png").write_bytes(phantom_file("normal").read_bytes())
    app = browse(tmp_path / "plain")
    assert not failed(app)
    assert "Label] —" in text_of(app)


def test_a_path_that_is_not_there_is_one_sentence(browse, tmp_path):
    app = browse(tmp_path / "nowhere")
    assert not app.exception
    (error,) = app.error
    assert "nowhere" in error.value and "allowed" in error.value


def test_phantoms_are_made_offline_and_shown(tiny_bundle, open_page, monkeypatch):
    monkeypatch.setattr(folders, "PHANTOMS", 4)
    app = open_page("app.py").switch_page("pages/browse.py").run()
    app = press(app, "Make 4 phantoms")
    words = text_of(app)
    assert not failed(app)
    assert "Films 1 to 4 of 4" in words
    assert words.count("[Synthetic]") == 4
    for label in ("Normal", "Bacterial pneumonia", "Viral pneumonia", "COVID-19"):
        assert f"Label] {label}\n" in words


def test_films_that_were_shown_are_not_read_again(browse, folder, monkeypatch):
    app = browse(folder)
    reads = []
    monkeypatch.setattr(gallery, "file_of", lambda *args: reads.append(args))
    assert not failed(app.run())
    assert not reads


def test_reload_sees_what_has_changed(browse, folder, phantom_file):
    app = browse(folder)
    (folder / "train" / "NORMAL" / "new.png").write_bytes(phantom_file("normal").read_bytes())
    assert "of 4 ·" in text_of(app.run())
    assert "of 5 ·" in text_of(press(app, "Reload"))


def test_reload_reads_films_that_the_decoder_had_no_time_for(browse, folder, monkeypatch):
    from xray_core.errors import UnreadableFilm
    from xray_core.inference import reading

    def late(data, source):
        raise UnreadableFilm(source, "decoding took longer than the 20 seconds that are allowed.")

    with monkeypatch.context() as busy:
        busy.setattr(reading, "read_guarded", late)
        app = browse(folder)
        assert text_of(app).count("Unreadable") == 4
    app = press(app, "Reload")
    assert not failed(app)
    assert text_of(app).count("Unreadable") == 1, "the letter"


def test_the_folder_is_kept_while_another_page_is_shown(browse, folder):
    app = browse(folder).switch_page("pages/about.py").run()
    app = app.switch_page("pages/browse.py").run()
    assert app.text_input[0].value == str(folder)
    assert "of 4 ·" in text_of(app)


def test_phantoms_that_cannot_be_written_are_one_sentence(tiny_bundle, open_page, monkeypatch):
    app = open_page("app.py").switch_page("pages/browse.py").run()
    monkeypatch.setenv("XRAY_HOME", "/dev/null")
    settings.cache_clear()
    app = press(app, f"Make {folders.PHANTOMS} phantoms")
    assert not app.exception
    said = "phantoms cannot be written to /dev/null/datasets/phantoms-12 (Not a directory); "
    assert said in text_of(app)


def test_a_file_that_was_replaced_is_shown_anew(browse, folder, phantom_file):
    app = browse(folder)
    assert not failed(app)
    assert text_of(app).count("Unreadable") == 1
    place = folder / "test" / "NORMAL" / "film-2.png"
    place.write_bytes(b"This is no film any more.")
    words = text_of(app.run())
    assert words.count("Unreadable") == 2
