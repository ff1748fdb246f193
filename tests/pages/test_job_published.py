"""A job that has ended says whether its model has learnt anything."""

from pathlib import Path

from pagetools import SECONDS
from streamlit.testing.v1 import AppTest

from xray_core.bundle import BundleManifest


def _page(folder: str, ended: float) -> None:
    from pathlib import Path
    from types import SimpleNamespace

    from pages.components import job_published
    from xray_core.jobs.state import State

    job = SimpleNamespace(id="1", name="tiny", state=State.DONE, bundle=Path(folder), ended=ended)
    assert job_published.ready(job)  # type: ignore[arg-type]


def _warnings(folder: Path, auc: float, ended: float) -> list[str]:
    metrics = {"validation": {"auc": auc}}
    BundleManifest.read(folder).model_copy(update={"metrics": metrics}).write(folder)
    given = {"folder": str(folder), "ended": ended}
    app = AppTest.from_function(_page, kwargs=given, default_timeout=SECONDS).run()
    assert not app.exception
    assert len(app.warning) + len(app.success) == 1
    return [warning.value for warning in app.warning]


def test_a_model_that_guesses_says_what_to_try_and_another_says_nothing(tiny_bundle: Path) -> None:
    [warning] = _warnings(tiny_bundle, 0.5, ended=1.0)
    assert "tiny is ready. This model has learnt nothing" in warning
    assert "another seed, a lower rate or a larger network" in warning
    assert not _warnings(tiny_bundle, 0.9, ended=2.0)
