"""Import: a bundle from elsewhere, checked, and trusted once its hash was confirmed."""

import hashlib
import io
import re

import streamlit as st

from pages.components import promotion_state
from pages.components.frame import sentence
from xray_core.bundle.import_bundle import Incoming
from xray_core.errors import BundleError
from xray_core.promotion.install import inspect, install


def show() -> None:
    """Take a zip, say what it is or why it is refused, and ask for its hash."""
    upload = st.file_uploader(
        "A model as a .zip that **Export** or `models export` wrote, or a repository of the "
        "Hugging Face Hub in a .zip",
        type="zip",
        key=f"model-upload-{st.session_state.setdefault('model-uploads', 0)}",
    )
    if upload is None:
        _empty()
        return
    data = upload.getvalue()
    with st.spinner("Checking files, hashes, layers and operations, in a process of its own …"):
        try:
            found = _looked_at(hashlib.sha256(data).hexdigest(), upload.name, data)
        except BundleError as error:
            st.error(f"**Refused.** {sentence(error)}", icon=":material/block:")
            return
    _describe(found)
    _confirm(found, upload.name, data)


@st.cache_resource(show_spinner=False, max_entries=4)
def _looked_at(sha256: str, name: str, _data: bytes) -> Incoming:
    """Return what was uploaded; a refusal is raised, so it is not kept: its cause may go away."""
    return inspect(io.BytesIO(_data), name)


def _describe(found: Incoming) -> None:
    manifest = found.manifest
    outputs = ", ".join(output.name for output in manifest.outputs) or "the lungs"
    with st.container(border=True):
        st.markdown(
            f":green[:material/check_circle: **Checks passed**] {sentence(manifest.title)} "
            f"(`{found.name}`, {found.kind}, network `{manifest.network}`, gives {outputs})"
        )
        sizes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in found.sizes.items())
        st.caption(f"Nothing in it was run, and it is not trusted yet. Files: {sentence(sizes)}.")
        st.markdown("SHA-256 of what you uploaded:")
        st.code(found.sha256, language=None)


def _confirm(found: Incoming, name: str, data: bytes) -> None:
    st.markdown(
        "The checks say that it can be loaded safely, not that it is the model that you think it "
        "is. Ask whoever made it for its SHA-256, by another route than the file, and paste it "
        "here."
    )
    confirmed = st.text_input("SHA-256 from whoever made it", key=f"confirm-{found.sha256[:12]}")
    stated = re.sub(r"\s", "", confirmed).lower()
    if stated and stated != found.sha256:
        st.error("This is another SHA-256: it is not the same model.", icon=":material/block:")
    if st.button(
        "Trust and install", icon=":material/verified_user:", disabled=stated != found.sha256
    ):
        with st.spinner("Installing …"):
            info = install(io.BytesIO(data), name, confirmed)
        _looked_at.clear()
        st.session_state["model-uploads"] += 1  # an empty widget: what it held is installed
        promotion_state.tell(f"{info.name} is installed. The champion is the same as before.")
        st.rerun()


def _empty() -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        st.markdown("### :material/move_to_inbox: Take in a model from elsewhere")
        st.markdown(
            "Names, sizes, hashes, layer types and operations are checked; no code of it is run, "
            "and nothing is written outside its folder. It is trusted only after you have "
            "confirmed its SHA-256, and becomes the champion only by a promotion."
        )
