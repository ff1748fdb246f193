"""Import: a bundle from elsewhere, checked, and trusted once its hash was confirmed."""

import hashlib
import io
import re

import streamlit as st

from pages.components import model_store, promotion_state
from pages.components.frame import sentence
from pages.components.models import indexes
from xray_core.bundle.import_bundle import Incoming
from xray_core.bundle.store import stores
from xray_core.errors import BundleError
from xray_core.promotion.install import inspect, install


def show() -> None:
    """Take a zip, say what it is or why it is refused, and ask for its hash."""
    state = st.session_state
    state.setdefault("model-uploads", 0)
    _take_note()
    upload = st.file_uploader(
        "A model as a .zip that **Export** or `models export` wrote, or a repository of the "
        "Hugging Face Hub in a .zip",
        type="zip",
        key=f"model-upload-{state['model-uploads']}",
    )
    if upload is None:
        _empty()
        return
    data = upload.getvalue()
    with st.spinner("Checking files, hashes, layers and operations, in a process of its own …"):
        sha256 = hashlib.sha256(data).hexdigest()
        found = _looked_at(sha256, upload.name, upload.file_id, _there(), data)
    if isinstance(found, str):
        st.error(f"**Refused.** {sentence(found)}", icon=":material/block:")
        st.button("Check again", icon=":material/refresh:", on_click=_looked_at.clear)
        return
    _describe(found)
    _confirm(found, upload.name, data)


def _there() -> tuple[object, ...]:
    """Return what a refusal may come from beside the upload: the models that are installed."""
    names = sorted(str(path) for store in stores() for path in store.glob("[!.]*"))
    there = model_store.now()
    hashes = {name: info.sha256 for name, info in there.usable.items()}
    return indexes(), names, hashes, there.damaged


@st.cache_resource(show_spinner=False, max_entries=4)
def _looked_at(sha256: str, name: str, upload: str, there: object, _data: bytes) -> Incoming | str:
    """Return what was uploaded, or the sentence that refuses it.

    A refusal is kept too, for the weights are tried in a process that takes seconds; until
    something else is installed, or the file is dropped again or to be checked again: what else it
    comes from, a lack of time or memory say, may be over.
    """
    try:
        return inspect(io.BytesIO(_data), name)
    except BundleError as error:
        return str(error)


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
        done = _installed()
        with st.spinner("Installing …"):
            # Noted in a plain list: a click meanwhile ends this run at the next call of Streamlit,
            # be it to write to the session.
            done.append(install(io.BytesIO(data), name, confirmed).name)
            _take_note()


def _installed() -> list[str]:
    """Return the names of models that were installed here, of which the page has not said so."""
    found: list[str] = st.session_state.setdefault("models-installed", [])
    return found


def _take_note() -> None:
    """Say what was installed, and empty the widget that held it; the page runs again for that."""
    if not (done := _installed()):
        return
    _looked_at.clear()
    st.session_state["model-uploads"] += 1
    names = " and ".join(done)
    promotion_state.tell(
        f"{names} {'is' if len(done) == 1 else 'are'} installed. "
        "The champion is the same as before."
    )
    done.clear()  # last: where a click ends this run before, the next does all of it
    st.rerun()


def _empty() -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        st.markdown("### :material/move_to_inbox: Take in a model from elsewhere")
        st.markdown(
            "Names, sizes, hashes, layer types and operations are checked; no code of it is run, "
            "and nothing is written outside its folder. It is trusted only after you have "
            "confirmed its SHA-256, and becomes the champion only by a promotion."
        )
