"""Every installed bundle: figures with intervals, card, lineage, history, and its export."""

import streamlit as st

from pages.components import card, model_figures, model_lineage, model_store, promotion_words
from pages.components.frame import sentence
from xray_core.bundle import BundleInfo
from xray_core.bundle.export import export_name, zip_bytes
from xray_core.bundle.headline import headline
from xray_core.bundle.store import stores
from xray_core.promotion.override_words import overrides_in_words, promotions_md, when
from xray_core.promotion.record import read_record


def show() -> None:
    """Show the list of bundles and the one that is chosen."""
    store = model_store.now()
    names, detail = st.columns([1, 2.6], gap="medium")
    with names:
        chosen = _choose(store.usable)
        for reason in store.damaged.values():
            st.error(sentence(reason), icon=":material/error:")
    with detail:
        if chosen is None:
            _empty()
        else:
            _one(chosen)


def _choose(found: dict[str, BundleInfo]) -> BundleInfo | None:
    if not found:
        return None
    with st.container(key="models-list"):
        name = st.radio(
            "Installed models",
            list(found),
            format_func=lambda name: _title(found[name]),
            captions=[_figures(info) for info in found.values()],
            key="model",
        )
    return found.get(name)


def _title(info: BundleInfo) -> str:
    champion = " :material/trophy: champion" if info.champion else ""
    override = " :material/warning: gate overridden" if overrides_in_words(info.sha256) else ""
    return f"{info.name}{champion}{override}"


def _figures(info: BundleInfo) -> str:
    """Return the main figure on films that chose nothing about the model."""
    if info.kind == "segmenter":
        return "Finds the lungs"
    figure = headline(info.manifest)
    return f"Internal test: {figure}" if figure else "Not measured on films kept apart"


def _one(info: BundleInfo) -> None:
    st.markdown(f"### {sentence(info.manifest.title)}")
    where = "came with the software" if info.path.parent == stores()[0] else "in your own store"
    st.caption(
        f"`{info.name}`, {info.kind}, {where}, {_size(info)}. SHA-256 `{info.sha256}`"
        + (" It is the **champion**." if info.champion else "")
    )
    promotion_words.show_overrides(info.sha256)
    tabs = st.tabs(
        ["Figures", "Card", "Lineage", "Promotions"], key=f"model-{info.name}", on_change="rerun"
    )
    parts = (model_figures.show, _card, model_lineage.show, _promotions)
    for part, tab in zip(parts, tabs, strict=True):
        if tab.open:
            with tab:
                part(info)
    st.download_button(
        "Export (.zip for the Hugging Face Hub)",
        lambda: zip_bytes(info, promotions_md(info.name, info.sha256)),
        export_name(info),
        "application/zip",
        on_click="ignore",
        icon=":material/download:",
        help="Whoever imports it is asked for the SHA-256 above: send it by another route.",
    )


def _size(info: BundleInfo) -> str:
    try:
        return f"{sum(path.stat().st_size for path in info.path.iterdir()) / 1e6:.1f} MB"
    except OSError:  # a training is putting another bundle in its place
        return "size not known"


def _card(info: BundleInfo) -> None:
    with st.container(key="card", border=True):
        st.markdown(card.card_text(info))


def _promotions(info: BundleInfo) -> None:
    entries = [
        entry
        for entry in read_record()
        if info.sha256 in (entry.model.sha256, entry.former.sha256 if entry.former else "")
    ]
    if not entries:
        st.caption("This model was never promoted, nor was another promoted in its place.")
    for entry in reversed(entries):
        came = entry.model.sha256 == info.sha256
        icon, what = ("arrow_upward", "became") if came else ("arrow_downward", "was no longer")
        st.markdown(
            f":material/{icon}: It {what} the champion, {when(entry.at)}, by "
            f"{sentence(entry.by)} ({'roll back' if entry.action == 'rollback' else 'promotion'}"
            f"{', override' if entry.overridden else ''}). {sentence(entry.reason)}"
        )


def _empty() -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        st.markdown("### :material/deployed_code: No model is installed")
        st.markdown(
            "Without one there is no opinion. Train one on the page Train, or take one in under "
            "**Import**."
        )
