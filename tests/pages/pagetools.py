"""Reads and works a page that AppTest has run."""

import time

from streamlit.testing.v1 import AppTest

# The first run imports TensorFlow, which takes long on a busy machine.
SECONDS = 180
KINDS = ("title", "markdown", "caption", "error", "warning", "info")


def text_of(app: AppTest) -> str:
    """Return all words of a page, one element a line."""
    return "\n".join(str(element.value) for kind in KINDS for element in app.get(kind))


def failed(app: AppTest) -> list[str]:
    """Return what went wrong on a page: exceptions, and the sentences in red."""
    return [e.message for e in app.exception] + [str(e.value) for e in app.error]


def drop(app: AppTest, files: dict[str, bytes]) -> AppTest:
    """Drop files on the page, all at once, and run it."""
    app.file_uploader[0].set_value(
        [(name, data, "application/octet-stream") for name, data in files.items()]
    )
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the button of that label and run the page."""
    next(button for button in app.button if button.label == label).click()
    return app.run()


def explain(app: AppTest, samples: int = 50) -> AppTest:
    """Fill in the form of Why and press its button."""
    next(n for n in app.number_input if n.label == "Samples").set_value(samples)
    return press(app, "Explain")


def until_explained(app: AppTest) -> AppTest:
    """Run the page as its polling does, until the explanation is there."""
    for _ in range(200):
        if "How far to trust it" in text_of(app):
            return app
        time.sleep(0.05)
        app = app.run()
    raise AssertionError(f"no explanation came; the page says: {text_of(app)}")


def open_tab(app: AppTest, name: str, tabs: str = "reasons") -> AppTest:
    """Open a tab, as a click on it does; `tabs` is the key of the tabs, on Diagnose by default."""
    app.session_state[tabs] = name
    return app.run()


def typed(app: AppTest, label: str, text: str) -> AppTest:
    """Type into the field of that label; the last of them, if there are several."""
    fields = [f for f in (*app.text_input, *app.text_area) if f.label == label]
    fields[-1].set_value(text)
    return app.run()


def listed(app: AppTest) -> dict[str, str]:
    """Return file names and captions of the list of films."""
    (films,) = app.radio
    names = [option.replace("\\", "") for option in films.options]
    return dict(zip(names, films.proto.captions, strict=True))
