"""One film as two models see it: opinions, explanations on one scale, and their difference."""

from typing import Any

import streamlit as st

from pages.components import chart, compare_models, compare_work, desk, films, gallery
from pages.components.films import FilmFile
from pages.components.fragment import fragment
from pages.components.frame import DIAGNOSE, capitalised, sentence
from pages.components.jobs import Job, lime_job
from pages.components.models import Reader
from xray_core.datasets.dataset import Dataset
from xray_core.errors import DatasetError
from xray_core.evaluation.comparison import Comparison
from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings
from xray_core.inference import Classifier
from xray_core.labels import PNEUMONIA, TITLES
from xray_core.plots.compare_explanations import (
    difference_on_film,
    explanation_on_scale,
    shared_limit,
)
from xray_core.plots.lime_look import Look, fit_in_words
from xray_core.plots.opinion import in_words

SETTINGS = LimeSettings(samples=600)
VIEWS = {"boundaries": "Edges", "heat": "Heat map"}
POLL_SECONDS = 0.5


def show(comparison: Comparison, row: int, sides: tuple[str, ...]) -> None:
    """Show a film of the comparison with the opinions of one or two models."""
    back, diagnose, _ = st.columns([1.3, 1.3, 4])
    back.button("Back to the films", icon=":material/arrow_back:", width="stretch", on_click=_close)
    file = as_scored(comparison.dataset, row)
    if diagnose.button("Open in Diagnose", icon=":material/radiology:", width="stretch"):
        desk.look_at(file)
        st.switch_page(DIAGNOSE)
    readers = [Reader(_classifier(name)) for name in sides]
    film = films.film_of(file, readers[0])
    if film is None:
        raise DatasetError(f"{file.name} cannot be read any more.")
    label = TITLES.get(file.label, file.label)
    st.markdown(f"**{sentence(file.name)}** :gray[labelled {sentence(label)}]")
    if any(job is not None and job.running for job in _jobs(readers, film)):
        fragment(_progress, run_every=POLL_SECONDS)(readers, film)
    fragment(_pictures)(file, readers, film)


def as_scored(dataset: Dataset, row: int) -> FilmFile:
    """Return one film of a comparison, the very bytes that were scored.

    Raises:
        DatasetError: it cannot be read any more, or is another file by now.
    """
    file = gallery.file_of(dataset, row)
    if file.sha256 != dataset.table["sha256"].iloc[row]:
        raise DatasetError(
            f"{file.name} was changed since it was scored; press Compare to score it anew."
        )
    return file


def _close() -> None:
    st.session_state.pop("compare-film", None)


def _classifier(name: str) -> Classifier:
    (info,) = compare_models.bundles((name,))
    return compare_work.classifier(info.name, info.sha256, info)


def _wanted(reader: Reader, film: Any) -> Job | None:
    """Return the job of the explanation, where this session has asked for it."""
    asked: set[str] = st.session_state.setdefault("compare-explained", set())
    if film.sha256 not in asked or reader.classifier is None:
        return None
    return lime_job(reader.classifier, film, PNEUMONIA, SETTINGS)


def _jobs(readers: list[Reader], film: Any) -> list[Job | None]:
    return [_wanted(reader, film) for reader in readers]


def _progress(readers: list[Reader], film: Any) -> None:
    """Show how far the explanations are, and no more: this is drawn twice a second."""
    jobs = [job for job in _jobs(readers, film) if job is not None]
    if not any(job.running for job in jobs):
        st.rerun()  # with the pictures, and without the polling
    done, total = sum(job.done for job in jobs), sum(job.total for job in jobs)
    st.progress(done / total if total else 0.0, "Explaining what each model looked at …")


def _pictures(file: FilmFile, readers: list[Reader], film: Any) -> None:
    jobs = _jobs(readers, film)
    running = any(job is not None and job.running for job in jobs)
    explained = [job.result() for job in jobs if job is not None and job.succeeded]
    view = "boundaries"
    if len(explained) == len(readers):
        view = st.segmented_control(
            "Show", list(VIEWS), default="heat", required=True, key="compare-view",
            format_func=VIEWS.__getitem__,
        )  # fmt: skip
    elif not running and st.button(
        "Explain both" if len(readers) > 1 else "Explain",
        type="primary",
        icon=":material/troubleshoot:",
    ):
        st.session_state["compare-explained"].add(film.sha256)
        for model in (reader.classifier for reader in readers if reader.classifier):
            lime_job(model, film, PNEUMONIA, SETTINGS, anew=True)
        st.rerun()
    for job in jobs:
        if job is not None and not (job.running or job.cancelled):
            job.result()  # raises what went wrong, below the button to try again
    columns = st.columns(len(readers) + (len(explained) == 2 == len(readers)), gap="small")
    limit = shared_limit(tuple(explained))
    for k, (column, reader) in enumerate(zip(columns, readers, strict=False)):
        with column:
            one = explained[k] if len(explained) == len(readers) else None
            _side(file, reader, film, one, view, limit)
    if len(columns) > len(readers):
        with columns[-1]:
            _difference(readers, film, explained, limit)


def _side(
    file: FilmFile, reader: Reader, film: Any, one: Explanation | None, view: Any, limit: float
) -> None:
    prediction, classifier = films.opinion_of(file, reader), reader.classifier
    if prediction is None or classifier is None:
        return
    words = in_words(prediction)
    st.markdown(f"**{sentence(classifier.name)}**")
    st.markdown(f"{desk.ICONS[words.kind]} {sentence(words.headline)}")
    st.caption(sentence(capitalised(words.detail)))
    screen = films.screen(film.sha256, film)
    if one is None:
        st.image(_plain(screen), width="stretch", alt=f"The film {film.source}")
        return
    geometry = films.network_view(film, classifier).geometry
    figure = explanation_on_scale(screen, geometry, one, Look(view), limit)
    name = f"compare-lime-{classifier.name}"
    st.plotly_chart(figure, theme=None, config=chart.of_film(name), key=name)
    st.caption(sentence(f"{capitalised(fit_in_words(one))}. {one.samples:,} samples."))


def _plain(screen: Any) -> bytes:
    from xray_core.plots.film import GreyWindow, png

    return png(GreyWindow().apply(screen.pixels))


def _difference(
    readers: list[Reader], film: Any, explained: list[Explanation], limit: float
) -> None:
    first, second = (reader.classifier for reader in readers)
    if first is None or second is None:
        return
    st.markdown("**The difference**")
    st.markdown(f":blue[Blue]: speaks more for pneumonia in {sentence(first.name)}")
    st.caption(f"Red: in {sentence(second.name)}. The scale reaches twice as far.")
    sides = [
        (films.network_view(film, model).geometry, one)
        for model, one in zip((first, second), explained, strict=True)
    ]
    figure = difference_on_film(films.screen(film.sha256, film), sides[0], sides[1], limit)
    name = "compare-lime-difference"
    st.plotly_chart(figure, theme=None, config=chart.of_film(name), key=name)
    st.caption("At each place the weight of the superpixel there; 0 where a model does not look.")
