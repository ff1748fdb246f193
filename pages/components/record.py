"""The record: all that is needed to make a result again, and every picture."""

import json
from dataclasses import asdict
from typing import Any

import streamlit as st

from pages.components import films, lungs, viewer, why
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, Prediction
from xray_core.notice import NOTICE
from xray_core.plots.film import GreyWindow, film_png, png, stamp
from xray_core.reports.versions import versions


def record_of(
    classifier: Classifier | None,
    film: Radiograph,
    prediction: Prediction | None,
    explanation: dict[str, Any] | None,
    window: GreyWindow,
) -> dict[str, Any]:
    """Return film, model, opinion and explanation with hashes, parameters, seeds and versions."""
    return {
        "notice": NOTICE,
        "film": {
            "source": film.source,
            "sha256": film.sha256,
            "height_px": film.shape[0],
            "width_px": film.shape[1],
            "synthetic": film.synthetic,
            "header": asdict(film.header),
        },
        "model": _model(classifier) if classifier else None,
        "opinion": prediction.to_json() if prediction else None,
        "explanation": explanation,
        "shown_with": asdict(window),
        "versions": _versions(),
    }


def _model(classifier: Classifier) -> dict[str, Any]:
    manifest = classifier.manifest
    return {
        "name": classifier.name,
        "sha256": classifier.sha256,
        "network": manifest.network,
        "outputs": list(classifier.task.outputs),
        "input": manifest.input.model_dump(),
        "preprocessing": manifest.preprocessing.model_dump(),
        "temperature": manifest.temperature,
        "operating_point": manifest.operating_point.model_dump(),
    }


@st.cache_data(show_spinner=False)
def _versions() -> dict[str, str]:
    return versions()


def show(classifier: Classifier | None, film: Radiograph, prediction: Prediction | None) -> None:
    """Offer the record and the pictures."""
    window = viewer.grey_window(film.sha256)
    explanation = _explanation(classifier, film) if classifier else None
    record = record_of(classifier, film, prediction, explanation, window)
    files, content = st.columns([1, 3.2], gap="medium")
    stem = film.sha256[:12]
    screen = films.screen(film.sha256, film)
    with files:
        _download("Record (JSON)", json.dumps(record, indent=2), f"{stem}-record.json")
        _download("Film as shown (PNG)", lambda: film_png(screen, window), f"{stem}-film.png")
        if classifier:
            _download(
                "What the network sees (PNG)",
                lambda: _view_png(classifier, film),
                f"{stem}-network.png",
            )
        st.caption(
            "The same file, model, settings and seed give the same result. The pictures of Why and "
            "Inside the network are downloaded there."
            + ("" if explanation else " An explanation joins the record once it is made.")
        )
    with content.container(height=480, border=True):
        st.json(record, expanded=2)


def _explanation(classifier: Classifier, film: Radiograph) -> dict[str, Any] | None:
    """Return the explanation, where there is one, with the lungs' part in it."""
    made = why.finished(classifier, film)
    return {**made.to_json(), **lungs.share(made, film, classifier).to_json()} if made else None


def _view_png(classifier: Classifier, film: Radiograph) -> bytes:
    pixels = GreyWindow().apply(films.network_view(film, classifier).pixels)
    marks = ("SYNTHETIC PHANTOM",) if film.synthetic else ()
    says = f"what {classifier.name} ({classifier.sha256[:12]}) sees of film {film.sha256[:16]}"
    return png(stamp(pixels, (*marks, says, NOTICE)), synthetic=film.synthetic)


def _download(label: str, data: Any, name: str) -> None:
    kind = "application/json" if name.endswith(".json") else "image/png"
    st.download_button(
        label, data, name, kind, on_click="ignore", icon=":material/download:", width="stretch"
    )
