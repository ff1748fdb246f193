"""Patients divided for training: seen before it is saved, and saved with the hashes of films."""

import io
import zipfile
from collections.abc import Callable

import streamlit as st

from pages.components import dataset_source
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
        method = st.segmented_control(
            "Divide by",
            [OWN, SHARES, FOLDS] if has_own else [SHARES, FOLDS],
            default=SHARES,
            required=True,
            key="split-method",
            width="stretch",
        )
        plan = _plan(path, dataset_source.hashed(path), str(method))
    with result:
        _counts(plan)
        _save(plan)


def _plan(path: str, dataset: Dataset, method: str) -> SplitPlan:
    if method == OWN:
        st.caption("The folders train, val and test as they are, if no patient is in two of them.")
        return _divided(path, method, (), dataset)
    seed = st.number_input(
        "Seed", 0, 2**31, 20180222, key="split-seed", help="The same seed divides the same way."
    )
    if method == FOLDS:
        folds = st.number_input("Folds", 2, 20, 5, key="split-folds")
        st.caption(
            "Each fold is the test once. Of the other patients one in nine validates, and the rest "
            "train."
        )
        return _divided(path, method, (int(folds), int(seed)), dataset)
    left, right = st.columns(2)
    validation = left.number_input("Validation, %", 1, 60, 10, key="split-validation")
    test = right.number_input("Test, %", 1, 39, 10, key="split-test")
    st.caption(
        "Shares of the patients of each class and source. No patient is divided, and patients who "
        "share a film stay together."
    )
    shares = (validation / 100, test / 100, int(seed))
    return _divided(path, method, shares, dataset)


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
    chosen = name.text_input(
        "Name of the split", f"split-{plan.sha256[:8]}", key=f"split-name-{plan.sha256[:8]}"
    )
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
