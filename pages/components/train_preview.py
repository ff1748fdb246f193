"""What augmentation does, on films of the data set, at once as it is changed."""

import streamlit as st

from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.labels import TITLES
from xray_core.plots.augmentation import CHANGED, Sample, preview, samples
from xray_core.training.config import TrainingConfig


def show(config: TrainingConfig, path: str, dataset: Dataset) -> None:
    """Show a film of each label unchanged and changed.

    Args:
        config: the run.
        path: where the films are.
        dataset: the films.
    """
    head, again = st.columns([5, 1.4], vertical_alignment="center")
    head.markdown("#### What the network will see")
    seed = st.session_state.setdefault("train-preview", 0)
    if again.button("Other changes", icon=":material/casino:", width="stretch"):
        st.session_state["train-preview"] = seed = seed + 1
    how = config.augmentation
    unseen = " Films are also mixed in pairs, which is not shown." if how.mixup else ""
    unseen += " Nor is it shown how lungs are hidden." if how.hide_lungs else ""
    unseen += " Nor what early feature maps borrow." if how.mix_style else ""
    st.caption(
        f"On the left a film at {config.size} px as it is, then {CHANGED} of the changes that an "
        f"epoch draws for it.{unseen}"
    )
    shown = _samples(path, config.preprocessing.model_dump_json(), config.size, config, dataset)
    for which, sample in enumerate(shown):
        picture = preview(shown, which, config.augmentation, config.size, seed)
        st.image(picture, caption=sentence(TITLES.get(sample.label, sample.label)))


def forget() -> None:
    """Read the films of the preview again."""
    _samples.clear()


@st.cache_resource(show_spinner="Preparing films for the preview …", max_entries=8)
def _samples(
    path: str, how: str, size: int, _config: TrainingConfig, _dataset: Dataset
) -> tuple[Sample, ...]:
    return samples(_dataset, _config.preprocessing, size)
