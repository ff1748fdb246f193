"""Why: which superpixels speak for and against an answer (LIME)."""

from dataclasses import dataclass

import streamlit as st

from pages.components import lime_picture
from pages.components.fragment import fragment
from pages.components.jobs import Job, lime_job
from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings
from xray_core.explain.segmentation import SEGMENTERS
from xray_core.explain.targets import targets_of
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, Prediction
from xray_core.labels import TITLES

POLL_SECONDS = 0.5
HIDES = {"mean": "Its mean", "black": "Black", "blur": "Blur"}


@dataclass(frozen=True)
class Wish:
    """What a session asked to have explained of one film."""

    target: str
    settings: LimeSettings


def _wishes() -> dict[str, Wish]:
    """Return what was asked for, by film and model."""
    wishes: dict[str, Wish] = st.session_state.setdefault("wishes", {})
    return wishes


def _key(classifier: Classifier, film: Radiograph) -> str:
    return f"{film.sha256}-{classifier.sha256}"


def wanted(classifier: Classifier, film: Radiograph) -> Job | None:
    """Return the job that this session asked for, if any and if it was not cancelled."""
    wish = _wishes().get(_key(classifier, film))
    return lime_job(classifier, film, wish.target, wish.settings) if wish else None


def finished(classifier: Classifier, film: Radiograph) -> Explanation | None:
    """Return the explanation of a film, where there is one."""
    job = wanted(classifier, film)
    return job.result() if job and job.succeeded else None


def show(classifier: Classifier, film: Radiograph, prediction: Prediction | None) -> None:
    """Show the settings and the explanation; while it is made, look again every moment."""
    job = wanted(classifier, film)
    waiting = job is not None and job.running
    st.session_state["lime-polling"] = waiting
    fragment(_panel, run_every=POLL_SECONDS if waiting else None)(classifier, film, prediction)


def _panel(classifier: Classifier, film: Radiograph, prediction: Prediction | None) -> None:
    controls, picture, words = st.columns([1.05, 2.3, 0.95], gap="medium")
    with controls:
        _settings(classifier, film)
    job = wanted(classifier, film)
    if st.session_state["lime-polling"] and not (job and job.running):
        st.rerun()  # the whole page, so that the polling ends and the record has the result
    with picture, st.container(key="why-picture", height=lime_picture.HEIGHT + 62, border=False):
        if job is None:
            _invitation()
        elif job.running:
            _progress(job, classifier, film)
        else:
            lime_picture.show(classifier, film, prediction, job.result(), words)


def _settings(classifier: Classifier, film: Radiograph) -> None:
    # Widgets forget their values when another tab or page is shown: what was asked last does not.
    last: Wish = st.session_state.get("lime-last", Wish("", LimeSettings()))
    targets, kept = targets_of(classifier.task), last.settings
    with st.form("lime", border=False):
        target = st.selectbox(
            "Explain",
            targets,
            targets.index(last.target) if last.target in targets else 0,
            format_func=lambda name: TITLES.get(name, name),
        )
        specs = {spec.name: spec for spec in SEGMENTERS}
        segmentation = st.selectbox(
            "Superpixels by",
            list(specs),
            list(specs).index(kept.segmentation),
            format_func=lambda name: specs[name].title,
            help="  \n".join(f"**{s.title}**: {s.description}" for s in SEGMENTERS),
        )
        left, right = st.columns(2)
        segments = left.number_input("About how many", 2, 400, kept.segments, 10)
        samples = right.number_input(
            "Samples",
            10,
            100_000,
            kept.samples,
            500,
            help="Films with superpixels hidden that are scored.",
        )
        features = left.number_input(
            "Features",
            1,
            400,
            kept.features,
            placeholder="all",
            help="The most superpixels that may have a weight; empty for all.",
        )
        seed = right.number_input("Seed", 0, 2**32 - 1, kept.seed)
        hide = st.segmented_control(
            "Hidden by",
            list(HIDES),
            default=kept.hide,
            required=True,
            format_func=HIDES.__getitem__,
            width="stretch",
        )
        asked = st.form_submit_button(
            "Explain", type="primary", icon=":material/troubleshoot:", width="stretch"
        )
    if asked:
        settings = LimeSettings(segmentation, segments, samples, features, hide, seed)
        st.session_state["lime-last"] = wish = Wish(target, settings)
        _wishes()[_key(classifier, film)] = wish
        lime_job(classifier, film, target, settings, anew=True)
        st.rerun()


def _invitation() -> None:
    with st.container(border=True, height=lime_picture.HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/troubleshoot: Which parts speak for it, which against?")
        st.markdown(
            "LIME hides superpixels of the film at random, watches how the probability changes and "
            "fits a weight to each. Press **Explain**: 1,000 samples take a few seconds."
        )


def _progress(job: Job, classifier: Classifier, film: Radiograph) -> None:
    with st.container(border=True, height=lime_picture.HEIGHT, vertical_alignment="center"):
        text = f"{job.done:,} of {job.total:,} films scored" if job.total else "Starting …"
        st.progress(job.share, text)
        if st.button("Cancel", icon=":material/close:", key="lime-cancel"):
            job.leave()
            _wishes().pop(_key(classifier, film), None)
            st.rerun()
