"""Ways to lay a film on the desk: drop a file, draw a phantom, fetch a public sample."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.components import desk
from pages.components.films import FilmFile, phantom_file
from pages.components.frame import sentence
from pages.components.models import Reader
from xray_core.datasets.samples import Sample, fetch, samples
from xray_core.errors import DownloadError
from xray_core.imaging.phantom import PhantomKind
from xray_core.settings import settings

PHANTOMS = {
    PhantomKind.NORMAL: "Normal",
    PhantomKind.LOBAR: "Lobar consolidation (bacterial)",
    PhantomKind.INTERSTITIAL: "Interstitial opacities (viral)",
    PhantomKind.PERIPHERAL: "Peripheral opacities (COVID-19)",
}


def drop_zone(place: str) -> None:
    """Take files of any type: what they are is found from their bytes, later.

    The widget is renewed after every drop, because the desk keeps the films from then on.
    """
    key = f"drop-{place}-{st.session_state.setdefault('drops', 0)}"

    def taken() -> None:
        desk.take_uploads(st.session_state[key] or [])
        st.session_state.drops += 1

    st.file_uploader(
        "Drop chest X-rays here: PNG, JPEG, TIFF, BMP, WebP or DICOM, each up to "
        f"{settings().max_file_bytes / 2**20:,.0f} MB",
        accept_multiple_files=True,
        key=key,
        on_change=taken,
        label_visibility="visible" if place == "main" else "collapsed",
    )


def phantom_form(place: str) -> None:
    """Draw a synthetic film; works with no network and no patient."""
    kind = st.selectbox(
        "Finding", list(PHANTOMS), format_func=PHANTOMS.__getitem__, key=f"phantom-kind-{place}"
    )
    left, right = st.columns(2)
    age = left.selectbox("Patient", ["Child", "Adult"], key=f"phantom-age-{place}")
    seed = right.number_input("Seed", 0, 99_999, 1, key=f"phantom-seed-{place}")
    if st.button(
        "Draw the phantom", key=f"phantom-draw-{place}", icon=":material/draw:", width="stretch"
    ):
        with st.spinner("Drawing …"):
            desk.look_at(phantom_file(kind, int(seed), age == "Adult"))
        st.rerun()


def sample_form(place: str) -> None:
    """Fetch a public film of an adult, verified by its published SHA-256."""
    chosen = st.selectbox(
        "Public film of an adult (NIH ChestX-ray8)",
        samples(),
        format_func=lambda sample: sample.name,
        key=f"sample-name-{place}",
    )
    if st.button(
        "Open the sample", key=f"sample-open-{place}", icon=":material/download:", width="stretch"
    ):
        _open_sample(chosen)


def _open_sample(sample: Sample) -> None:
    bar = st.progress(0.0, "Fetching …")

    def progress(done: int, total: int) -> None:
        bar.progress(done / total if total else 0.0, f"Fetched {done / 1e6:.1f} MB")

    try:
        path = fetch(sample, progress)
    except DownloadError as error:
        bar.empty()
        st.warning(sentence(error), icon=":material/wifi_off:")
        return
    desk.look_at(FilmFile.of(sample.name, path.read_bytes(), "public sample"))
    st.rerun()


def welcome() -> None:
    """Say what to do where there is no film yet."""
    st.markdown("## Drop a chest X-ray to begin")
    st.markdown(
        "A second reader for upright frontal chest films: normal, bacterial, viral or COVID-19 "
        "pneumonia, with the reasons. Films stay on this computer."
    )
    with st.container(key="big-drop"):
        drop_zone("main")
    st.markdown("##### No film at hand?")
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height=290):
        st.markdown("**:material/draw: A phantom** — synthetic, drawn from a seed, no network")
        phantom_form("main")
    with right, st.container(border=True, height=290):
        st.markdown("**:material/public: A public sample** — fetched once, checked by its hash")
        sample_form("main")


@contextmanager
def sidebar_after(reader: Reader) -> Iterator[None]:
    """Fill the sidebar after the film was read, whatever came of that.

    So the list has its opinion; and a film that breaks the page can be taken off the desk.
    """
    try:
        yield
    finally:
        with st.sidebar:
            sidebar()
            desk.show_list(reader)


def sidebar() -> None:
    """Offer the same beside the film."""
    drop_zone("side")
    left, right = st.columns(2)
    with left.popover("Phantom", width="stretch"):
        phantom_form("side")
    with right.popover("Sample", width="stretch"):
        sample_form("side")
