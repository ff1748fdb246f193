"""What a bundle was made from: data, division of patients, start, run, configuration, packages."""

import streamlit as st

from pages.components import compare_models
from pages.components.frame import sentence
from xray_core.bundle import BundleInfo
from xray_core.bundle.lineage import Lineage, lineage_of
from xray_core.errors import TrackingError


def show(info: BundleInfo) -> None:
    """Show data, division of patients, start weights, run, configuration and environment."""
    lineage = _lineage(info.sha256, str(info.path), info)
    _films(lineage)
    lungs = info.manifest.preprocessing.lungs
    crop = (
        f"crops to the lungs that `{lungs.name}` (`{lungs.sha256[:12]}…`) finds; " if lungs else ""
    )
    st.markdown(
        f"**Network** `{info.manifest.network}`, {info.manifest.input.size} px; {crop}"
        f"**weights began as** {_start(lineage)}; **seed** {lineage.seed}; "
        f"**patients divided by** {sentence(lineage.manifest or 'not stated')}."
    )
    st.markdown(f"**Run** {_run(info)}.")
    made = ", ".join(f"{name} {version}" for name, version in lineage.environment.items())
    st.markdown(f"**Made with** {sentence(made or 'not stated')}.")
    with st.expander("The whole configuration"):
        st.json(lineage.config or {"": "not stated"}, expanded=2)


@st.cache_data(show_spinner=False, max_entries=32)
def _lineage(sha256: str, path: str, _info: BundleInfo) -> Lineage:
    """Read where a bundle comes from once; its list of films may have thousands of rows."""
    return lineage_of(_info)


def _start(lineage: Lineage) -> str:
    """Return what the training began with, and the hashes of what it was made from."""
    start = lineage.start or "not stated"
    parents = [f"`{name}`, SHA-256 `{sha256}`" for name, sha256 in lineage.parents]
    return sentence(start) + (f"; **made from** {' and '.join(parents)}" if parents else "")


def _run(info: BundleInfo) -> str:
    """Return the run that has written this very bundle, as Compare calls it."""
    try:
        runs = compare_models.found()
    except TrackingError as error:
        return f"unknown: {sentence(error).rstrip('.')}"
    name = next((run.name for run in runs if run.sha256 == info.sha256), "")
    return f"`{name}`" if name else "none on this computer has written this very bundle"


def _films(lineage: Lineage) -> None:
    if not lineage.films:
        st.warning(
            "Its `films.csv` lists no film, so nobody can tell which films it has seen.",
            icon=":material/warning:",
        )
        return
    who = {data.get("source"): data for data in lineage.config.get("data", [])}
    rows = ["| data set | train | validation | internal test | who |", "| --- |" + " --- |" * 4]
    for source in lineage.sources:
        counts = [
            _count(lineage, source, role) for role in ("train", "validation", "internal_test")
        ]
        whom = sentence(who.get(source, {}).get("population", "not stated"))
        rows.append(f"| {sentence(source)} | " + " | ".join(counts) + f" | {whom} |")
    st.markdown("\n".join(rows))
    st.caption("Films (patients), as `films.csv` of the bundle lists them by SHA-256.")


def _count(lineage: Lineage, source: str, role: str) -> str:
    films = lineage.films.get((source, role), 0)
    return f"{films:,} ({lineage.patients[source, role]:,})" if films else "none"
