"""Patients divided for training: seen before it is saved, and saved with the hashes of films."""

import io
import zipfile
from collections.abc import Callable

import streamlit as st

from pages.components import dataset_source, train_kept
from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.split_plans import SplitPlan, fold_split, fraction_split, own_split
from xray_core.labels import TITLES

OWN, SHARES, FOLDS = "The set's own", "Shares", "Folds"
DIVIDE: dict[str, Callable[..., SplitPlan]] = {
    OWN: own_split,
    SHARES: fraction_split,
    FOLDS: fold_split,
}
TITLE = {"train": "Train", "validation": "Validation", "internal_test": "Test"}


def show(path: str, dataset: Dataset) -> None:
    """Let the user divide the patients, see the counts, and save the manifest."""
    settings, result = st.columns([1, 1.8], gap="large")
    with settings:
        has_own = bool((dataset.table["split"] != "").any())
        plan = _plan(path, dataset_source.hashed(path), _method(has_own))
    with result:
        _counts(plan)
        _save(plan)


def _method(has_own: bool) -> str:
    key, methods = "split-method", [OWN, SHARES, FOLDS] if has_own else [SHARES, FOLDS]
    train_kept.begin(key, SHARES)
    if st.session_state[key] not in methods:  # another set had splits of its own
        st.session_state[key] = SHARES
    method = st.segmented_control("Divide by", methods, required=True, key=key, width="stretch")
    return str(train_kept.keep(key, method))


def _plan(path: str, dataset: Dataset, method: str) -> SplitPlan:
    if method == OWN:
        st.caption("The folders train, val and test as they are, if no patient is in two of them.")
        return _divided(path, method, (), dataset)
    words = "The same seed divides the same way."
    seed = _number("split-seed", "Seed", 0, 2**31, first=20180222, words=words)
    if method == FOLDS:
        folds = _number("split-folds", "Folds", 2, 20, first=5)
        st.caption(
            "Each fold is the test once. Of the other patients one in nine validates, and the rest "
            "train."
        )
        return _divided(path, method, (folds, seed), dataset)
    left, right = st.columns(2)
    with left:
        validation = _number("split-validation", "Validation, %", 1, 60, first=10)
    with right:
        test = _number("split-test", "Test, %", 1, 39, first=10)
    st.caption(
        "Shares of the patients of each class and source. No patient is divided, and patients who "
        "share a film stay together."
    )
    shares = (validation / 100, test / 100, seed)
    return _divided(path, method, shares, dataset)


def _number(
    key: str, title: str, low: int, high: int, *, first: int, words: str | None = None
) -> int:
    """Let the user choose a whole number, which is kept while another tab is shown."""
    train_kept.begin(key, first)
    return int(train_kept.keep(key, st.number_input(title, low, high, key=key, help=words)))


@st.cache_resource(show_spinner=False, max_entries=8)
def _divided(path: str, method: str, numbers: tuple[float, ...], _dataset: Dataset) -> SplitPlan:
    """Divide the films that have a class: nothing can be learnt from the others."""
    labelled = _dataset.subset((_dataset.table["label"] != "").to_numpy())
    return DIVIDE[method](labelled, *numbers)


def forget() -> None:
    """Divide the films anew, because they may have changed."""
    _divided.clear()


def _counts(plan: SplitPlan) -> None:
    counts = plan.counts().rename(
        index=lambda role: TITLE.get(role) or f"Fold {int(role) + 1}",
        columns=lambda label: TITLES.get(label, label),
    )
    counts.index.name = counts.columns.name = None
    st.markdown(f"##### {sentence(plan.method[0].upper() + plan.method[1:])}")
    st.table(counts.assign(Films=counts.sum(axis=1)))


def _save(plan: SplitPlan) -> None:
    name, save, take = st.columns([2, 1, 1.2], vertical_alignment="bottom")
    key = f"split-name-{plan.sha256[:8]}"
    train_kept.begin(key, f"split-{plan.sha256[:8]}")
    chosen = train_kept.keep(key, name.text_input("Name of the split", key=key))
    if save.button("Save", type="primary", icon=":material/save:", width="stretch"):
        folder = plan.save(chosen.strip())
        st.success(
            f"Saved as {sentence(folder)}: a manifest for a training, and the hash of every film. "
            "On Train it is under “Division of the patients”.",
            icon=":material/check_circle:",
        )
    take.download_button(
        "Manifest (.zip)",
        lambda: _packed(plan),
        f"{chosen.strip() or 'split'}.zip",
        "application/zip",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    st.caption(f"SHA-256 of films and roles: {plan.sha256[:16]}…")


def _packed(plan: SplitPlan) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, manifest in plan.manifests.items():
            archive.writestr(file, manifest.to_csv(index=False))
        archive.writestr("films.csv", plan.films.to_csv(index=False))
    return stream.getvalue()
