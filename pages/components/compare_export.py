"""The comparison as files: PDF, CSV, JSON."""

import json

import streamlit as st

from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.subgroups import subgroups
from xray_core.notice import NOTICE


def show(comparison: Comparison) -> None:
    """Offer the files; each is made when it is asked for."""
    stem = f"compare-{comparison.data.sha256[:12]}"
    files = (
        ("Report (PDF)", lambda: _pdf(comparison), f"{stem}.pdf", "application/pdf"),
        ("Figures (CSV)", lambda: _figures(comparison), f"{stem}-figures.csv", "text/csv"),
        ("Groups (CSV)", lambda: _groups(comparison), f"{stem}-groups.csv", "text/csv"),
        ("Films (CSV)", lambda: _films(comparison), f"{stem}-films.csv", "text/csv"),
        ("All of it (JSON)", lambda: _json(comparison), f"{stem}.json", "application/json"),
    )
    for column, (title, make, name, kind) in zip(st.columns(5), files, strict=True):
        column.download_button(
            title,
            make,
            name,
            kind,
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
            key=f"compare-file-{name.rsplit('-', 1)[-1]}",
        )
    st.caption(
        "The PDF has all plots, the pairs, the groups, the manifest of the films and the hashes of "
        "the models. The same models, films and seed give the same numbers. The address of this "
        "page carries the choice: it opens this comparison again on this computer."
    )
    st.json({"models": _hashes(comparison), "data": comparison.data.to_json()}, expanded=2)


def _hashes(comparison: Comparison) -> dict[str, str]:
    return {model.name: model.contender.ref.sha256 for model in comparison.models}


def _pdf(comparison: Comparison) -> bytes:
    from xray_core.reports.compare_pdf import comparison_pdf

    return comparison_pdf(comparison)


def _figures(comparison: Comparison) -> str:
    from xray_core.reports.compare_csv import figures_csv

    return figures_csv(comparison)


def _groups(comparison: Comparison) -> str:
    from xray_core.reports.compare_csv import groups_csv

    return groups_csv(comparison)


def _films(comparison: Comparison) -> str:
    from xray_core.reports.compare_csv import films_csv

    return films_csv(comparison)


def _json(comparison: Comparison) -> str:
    groups = {
        model.name: [group.to_json() for group in subgroups(model, comparison.dataset)]
        for model in comparison.models
    }
    out = {"notice": NOTICE, **comparison.to_json(), "subgroups": groups}
    return json.dumps(out, indent=2, allow_nan=False)
