"""Public data sets: the licence first, then the download."""

import streamlit as st

from pages.components.dataset_upload import use
from pages.components.frame import sentence
from xray_core.datasets.downloads import fetch_set
from xray_core.datasets.public_sets import PUBLIC_SETS, PublicSet
from xray_core.errors import DownloadError

SHOWN_BYTES = 2**20
"""The bar moves when so many more are there."""


def form() -> None:
    """Let the user read a licence, accept it, and fetch the set."""
    public = st.selectbox(
        "Public set", PUBLIC_SETS, format_func=lambda public: public.name, key="dataset-public"
    )
    st.markdown(
        f"{sentence(public.title)}\n\n"
        f"Licence: [{public.licence}]({public.licence_url}) · [Where it is from]({public.page})\n\n"
        f"Cite: {sentence(public.cite)}"
    )
    if not public.url:
        st.info(
            "This set is fetched by hand: open the page above, download the archive, and upload it "
            "here or type its path.",
            icon=":material/open_in_new:",
        )
        return
    accepted = public.fetched or st.checkbox(
        f"I accept the licence {public.licence}", key=f"dataset-licence-{public.name}"
    )
    label = "Open" if public.fetched else f"Download {public.size / 1e6:,.0f} MB"
    if st.button(
        label,
        icon=":material/download:",
        width="stretch",
        disabled=not accepted,
        key="dataset-fetch",
    ):
        _fetch(public)
    st.caption("A download that breaks off goes on from there when it is started again.")


def _fetch(public: PublicSet) -> None:
    bar = st.progress(0.0, "Connecting …")
    shown = 0

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if done - shown < SHOWN_BYTES and done < total:
            return
        shown = done
        bar.progress(min(1.0, done / total), f"{done / 1e6:,.1f} of {total / 1e6:,.1f} MB")

    try:
        path = fetch_set(public, accepted=True, progress=progress)
    except DownloadError as error:
        bar.empty()
        st.warning(sentence(error), icon=":material/wifi_off:")
        return
    use(path)
