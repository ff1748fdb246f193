"""What a finished run came to: whether it learnt anything, and a published run beside it."""

from pathlib import Path

import streamlit as st

from pages.components.frame import MODELS, sentence
from xray_core.bundle import BundleManifest
from xray_core.jobs.state import JobState, State
from xray_core.training.beside_published import beside_published
from xray_core.training.card_published import published_table
from xray_core.training.learnt import nothing_learnt


def ready(job: JobState) -> bool:
    """Say that the model is there, if it is, and whether it has learnt anything."""
    if job.state is not State.DONE:
        return False
    said, (warning, _) = f"The model {sentence(job.name)} is ready", _words_of(job)
    if warning:
        st.warning(f"{said}. {warning}", icon=":material/warning:")
    else:
        st.success(f"{said}: its card says how good it is.", icon=":material/check_circle:")
    if job.bundle is not None and job.bundle.is_dir():
        _open(job)
    return True


def _open(job: JobState) -> None:
    if st.button("Open its card", icon=":material/trophy:", key=f"card-of-{job.id}"):
        st.session_state["models-tabs"] = "Installed"
        st.session_state["model"] = job.name
        st.session_state[f"model-{job.name}"] = "Card"
        st.switch_page(MODELS)


def show(job: JobState) -> None:
    """Show the table of a run that was started from a preset, if its model is still there."""
    if words := _words_of(job)[1]:
        st.markdown(words)


def _words_of(job: JobState) -> tuple[str, str]:
    if job.bundle is None or not job.bundle.is_dir():
        return "", ""
    return _words(str(job.bundle), str(job.ended))


@st.cache_data(show_spinner=False, max_entries=32)
def _words(folder: str, ended: str) -> tuple[str, str]:
    manifest = BundleManifest.read(Path(folder))
    warning = nothing_learnt(manifest.metrics) or ""
    found = beside_published(manifest)
    if found is None:
        return warning, ""
    head = f"**Beside the published run** ({found.title}, published by {found.source})"
    return warning, f"{head}\n\n{published_table(found)}"
