"""A set may hold a film several times, under other names and labels."""

import shutil

from comparetools import compared, part
from pagetools import failed, press, text_of

from pages.components.frame import sentence


def test_of_several_copies_the_one_whose_button_was_pressed_is_opened(tiny_and_stern, phantoms):
    """Whatever a model says of these three, it is wrong of one that is not the first of them."""
    normal = min((phantoms / "NORMAL").iterdir())
    copies = [phantoms / "BACTERIAL" / "a.png", normal, phantoms / "VIRAL" / "b.png"]
    for copy in (copies[0], copies[2]):
        shutil.copy(normal, copy)
    rows = sorted(phantoms.glob("*/*.png"))
    app = part(compared(phantoms), "Films")
    if app.segmented_control(key="compare-gallery").value != "Surest mistakes":
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    keys = [f"compare-open-{rows.index(copy)}" for copy in copies]
    shown = [b.key for b in app.button if b.key in keys]
    assert keys[1] in shown or keys[2] in shown
    for key in shown:
        app.button(key=key).click()
        app = app.run()
        assert not failed(app)
        film = rows[int(key.rpartition("-")[2])]
        assert f"**{sentence(film.name)}** :gray[labelled" in text_of(app)
        app = press(app, "Back to the films")
