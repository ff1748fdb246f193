"""Archives dropped on the page, and a set of phantoms, as folders under `XRAY_HOME/datasets`."""

from pathlib import Path

import streamlit as st

from pages.components.frame import sentence
from xray_core.datasets.importing import import_archive
from xray_core.datasets.phantom_set import draw_phantom_set
from xray_core.errors import XrayError

PHANTOMS = (80, 160, 320)


def use(path: Path) -> None:
    """Look at this data set from the next run on."""
    st.session_state["dataset-next"] = str(path)
    st.rerun()


def upload_form() -> None:
    """Take an archive and unpack it."""
    state = st.session_state
    archive = st.file_uploader(
        "A .zip, .tar.gz or MedMNIST .npz of up to 400 MB; larger ones by their path",
        key=f"dataset-upload-{state.setdefault('dataset-uploads', 0)}",
    )
    st.caption(
        "It is unpacked under XRAY_HOME/datasets: films and label maps only. An archive with a "
        "path that leads out of it, a link, or too much in it is refused."
    )
    if archive is None:
        return
    bar = st.progress(0.0, "Unpacking …")
    try:
        path = import_archive(
            archive,
            archive.name,
            lambda done, total: bar.progress(done / total, f"Unpacked {done:,} of {total:,} films"),
        )
    except XrayError as error:
        state["dataset-refused"] = str(error)
        _renew()
        st.rerun()
    _renew()
    use(path)


def _renew() -> None:
    """Empty the widget: what it held is not to be unpacked again at every run."""
    st.session_state["dataset-uploads"] += 1


def show_refusal() -> None:
    """Say once why the last archive was refused; the form may be closed by then."""
    if refused := st.session_state.pop("dataset-refused", ""):
        st.error(sentence(refused), icon=":material/error:")


def phantom_form() -> None:
    """Draw a set of phantoms."""
    films = st.segmented_control(
        "Films", PHANTOMS, default=PHANTOMS[0], required=True, key="dataset-phantoms"
    )
    st.caption("Synthetic, a quarter of each class. For trying things out, never for a model.")
    if st.button("Draw phantoms", icon=":material/draw:", width="stretch", key="dataset-draw"):
        bar = st.progress(0.0, "Drawing phantoms …")
        use(
            draw_phantom_set(
                int(films),
                progress=lambda done, total: bar.progress(
                    done / total, f"Drawn {done} of {total} phantoms"
                ),
            )
        )
