"""What a finished run gives beside what was published of the run that it repeats."""

from pathlib import Path

import streamlit as st

from xray_core.bundle import BundleManifest
from xray_core.jobs.state import JobState
from xray_core.training.beside_published import beside_published
from xray_core.training.card_published import published_table


def show(job: JobState) -> None:
    """Show the table, if the run was started from a preset and its model is still there."""
    if job.bundle is None or not job.bundle.is_dir():
        return
    words = _words(str(job.bundle), str(job.ended))
    if words:
        st.markdown(words)


@st.cache_data(show_spinner=False, max_entries=32)
def _words(folder: str, ended: str) -> str:
    found = beside_published(BundleManifest.read(Path(folder)))
    if found is None:
        return ""
    head = f"**Beside the published run** ({found.title}, published by {found.source})"
    return f"{head}\n\n{published_table(found)}"
