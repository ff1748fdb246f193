"""Opens Compare by a link, and waits for what it works out."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pagetools import SECONDS, failed, text_of
from streamlit.testing.v1 import AppTest

from xray_core.settings import PROJECT_ROOT

KINDS = {"normal": "NORMAL", "lobar": "BACTERIAL", "interstitial": "VIRAL"}


def opened(
    data: str | Path = "", models: Sequence[str] = ("tiny", "stern"), split: str = ""
) -> AppTest:
    """The page by a link that carries a choice."""
    app = AppTest.from_file(str(PROJECT_ROOT / "pages" / "compare.py"), default_timeout=SECONDS)
    if data:
        app.query_params["model"] = list(models)
        app.query_params["data"] = str(data)
        app.query_params["split"] = split
    return app.run()


def until(app: AppTest, there: Callable[[AppTest], object]) -> AppTest:
    """Run the page as its polling does, until something is there."""
    for _ in range(400):
        if failed(app) or there(app):
            return app
        time.sleep(0.05)
        app = app.run()
    raise AssertionError(f"it did not come; the page says: {text_of(app)}")


def compared(
    data: str | Path, *, models: Sequence[str] = ("tiny", "stern"), split: str = ""
) -> AppTest:
    """The page once its leaderboard is there."""
    return until(opened(data, models, split), lambda app: len(app.dataframe))


def part(app: AppTest, name: str) -> AppTest:
    """Open a part below the leaderboard, as a click on its tab does."""
    app.session_state["compare-part"] = name
    return app.run()
