"""The opinion on a film, its probabilities, how good the model is, and what the model saw."""

import streamlit as st

from pages.components import chart, films
from pages.components.desk import ICONS
from pages.components.frame import capitalised, sentence
from pages.components.models import Reader
from xray_core.bundle import BundleManifest, Preprocessing
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, Decision, NetworkView, Prediction
from xray_core.plots.film import GreyWindow, png
from xray_core.plots.opinion import (
    ages_in_words,
    in_words,
    kinds_in_words,
    notes,
    operating_point_in_words,
    performance,
)
from xray_core.plots.probabilities import probability_figure


def show(reader: Reader, prediction: Prediction | None, film: Radiograph | None) -> None:
    """Show the opinion, or why there is none."""
    if reader.classifier is None or prediction is None:
        _no_model(reader)
        return
    _line(prediction, film)
    for note in notes(prediction):
        st.warning(sentence(note), icon=":material/warning:")
    if prediction.probabilities is not None:
        if prediction.decision is Decision.ABSTAIN:
            _what_it_would_have_said(prediction)
        else:
            _probabilities(prediction)
            show_performance(reader.classifier.manifest)
    if film is not None and prediction.probabilities is not None:
        _network_view(reader.classifier, film)


def _probabilities(prediction: Prediction) -> None:
    figure = probability_figure(prediction)
    chart.draw(figure, "probabilities", "Probability of each answer")


def _what_it_would_have_said(prediction: Prediction) -> None:
    key = f"would-have-said-{prediction.sha256}"  # so that it is closed for every film
    with st.expander("What the network would have said", key=key):
        st.caption(
            "**Not an opinion.** These are the network's numbers for a film that it should not "
            "judge, and on such films it is often wrong."
        )
        _probabilities(prediction)


def show_performance(manifest: BundleManifest) -> None:
    """Say how good the model is at its operating point, and on which films that was seen."""
    rows = [f"- {row.films}: {row.figures}" for row in performance(manifest)]
    limits = (kinds_in_words(manifest), ages_in_words(manifest))
    rows += [f"\n{limit}" for limit in limits if limit]
    st.caption(_unbroken("\n".join([operating_point_in_words(manifest), "", *rows])))


def _unbroken(text: str) -> str:
    """Return text in which no line ends between a number and its per cent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _no_model(reader: Reader) -> None:
    with st.container(key="opinion-missing"):
        st.markdown("## :material/no_sim: No opinion")
        st.markdown(sentence(reader.missing))
    st.caption(
        "Train one on the page Train or take one in on the page Models, and promote it there; it "
        "is used as soon as it is there. The film can be looked at without one."
    )


def _line(prediction: Prediction, film: Radiograph | None) -> None:
    words = in_words(prediction)
    with st.container(key=f"opinion-{words.kind}"):
        st.markdown(_unbroken(f"## {ICONS[words.kind]} {words.headline}"))
        if film is not None:  # else the reason stands where the film would
            st.markdown(_unbroken(sentence(capitalised(words.detail))))


def _network_view(classifier: Classifier, film: Radiograph) -> None:
    view = films.network_view(film, classifier)
    how = classifier.manifest.preprocessing
    size = classifier.input_size
    picture, text = st.columns([1.25, 1], vertical_alignment="center")
    with picture, st.container(key="network-view"):
        st.image(png(GreyWindow().apply(view.pixels)), width="stretch", alt="What the network sees")
    levels = (
        f"grey values from the {how.low:g} to the {how.high:g} percentile stretched to 0–1"
        if how.normalisation == "percentile"
        else "grey values as they are, 0–1"
    )
    text.markdown("**What the network sees**")
    levels += ", local contrast evened out" if how.clahe else ""
    text.caption(f"{size} × {size} px, {part_in_words(view, how)} stretched to a square, {levels}.")


def part_in_words(view: NetworkView, how: Preprocessing) -> str:
    """Return which part of the film was seen, and how large the film was made before, if it was."""
    if how.longest is None or max(view.geometry.film_shape) <= how.longest:
        return _part(view, how)
    return f"{_part(view, how)} (of the film made {how.longest:,} px long, as it knows films)"


def _part(view: NetworkView, how: Preprocessing) -> str:
    """Return which part was seen: not always the one that the model is made for."""
    if how.crop == "lungs" and (view.lungs is None or view.lungs.box is None):
        return "the whole film (no plausible lungs were found)"
    if view.geometry.box == (0, 0, *view.geometry.film_shape):
        return "the whole film"
    if how.crop == "border":
        return "the film without its border"
    beyond = " and a margin" if how.margin > 0 else " without its edge" if how.margin < 0 else ""
    return f"the box of the lungs{beyond}"
