"""The configuration that a form starts from: right for the data set at hand."""

import hashlib
from contextlib import suppress
from pathlib import Path

import streamlit as st

from pages.components import train_data, train_kept
from pages.components.frame import sentence
from pages.components.train_published import words_of as published_words
from xray_core.bundle.store import stores
from xray_core.jobs.names import taken_names
from xray_core.networks.registry import NETWORKS
from xray_core.settings import SQLITE, settings
from xray_core.tracking.store import tracking_uri
from xray_core.training.config import TrainingConfig
from xray_core.training.presets import PRESETS
from xray_core.training.suggest import model_name, suggest_config

DEFAULT = "residual"
PUBLISHED = "published/"
LONGEST = 56
"""Characters of a name: it may have 64, and a number may follow."""


def choose(path: str) -> TrainingConfig:
    """Let the user choose a network or a published run, and return what is suggested for it."""
    networks = {spec.name: spec for spec in NETWORKS}
    presets = {PUBLISHED + found.name: found for found in PRESETS}
    titles = {name: spec.title for name, spec in networks.items()}
    titles |= {key: f"Published run: {found.title}" for key, found in presets.items()}
    train_kept.begin("train-network", DEFAULT)
    picked = st.selectbox(
        "Network or published run",
        list(titles),
        format_func=titles.__getitem__,
        key="train-network",
    )
    train_kept.keep("train-network", picked)
    found = presets.get(picked)
    st.caption(sentence(published_words(found) if found else networks[picked].description))
    if found:
        suggestion = _suggested(path, found.network, found.name)
    else:
        suggestion = _suggested(path, picked, None)
    return suggestion.model_copy(update={"name": free_name(suggestion.name)})


def forget() -> None:
    """Look at the films again before anything is suggested."""
    _suggested.clear()


def key_of(suggestion: TrainingConfig) -> str:
    """Return a short text that is another one when something else is suggested."""
    content = suggestion.model_dump_json(exclude={"name"})
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def free_name(name: str) -> str:
    """Return a name of a model or job, with a number after it where it is taken."""
    taken = _taken()
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _taken() -> frozenset[str]:
    """Return the names that are taken, looked up again only when a run or a folder has changed."""
    where = tracking_uri()
    file = where.removeprefix(SQLITE)
    if not (where.startswith(SQLITE) and Path(file).is_file()):
        return taken_names()  # of a server nothing tells that it has changed
    runs = settings().home / "runs"
    folders = [*runs.glob("*/*"), *(path for store in stores() for path in store.glob("*"))]
    changed = [_changed(Path(file + ending)) for ending in ("", "-wal")]
    found: frozenset[str] = _taken_now(where, changed, sorted(map(str, folders)))
    return found


def _changed(file: Path) -> tuple[int, int]:
    """Return size and time of a file of the database.

    It is not read: a process that closes SQLite's file gives up the locks that it has on it.
    """
    with suppress(OSError):
        status = file.stat()
        return status.st_size, status.st_mtime_ns
    return 0, 0


@st.cache_resource(show_spinner=False, max_entries=2)
def _taken_now(where: str, changed: object, folders: object) -> frozenset[str]:
    return taken_names()


@st.cache_data(show_spinner="Looking at every film once …", max_entries=32)
def _suggested(path: str, network: str, preset: str | None) -> TrainingConfig:
    datasets = train_data.parts(path)
    name = model_name(f"{datasets[0].table['source'].iloc[0]}-{preset or network}")[:LONGEST]
    config = suggest_config(datasets, name=name.rstrip("-"), network=network, preset=preset)
    # A job runs in another folder than this app.
    data = tuple(d.model_copy(update={"path": d.path.resolve()}) for d in config.data)
    return config.model_copy(update={"data": data})
