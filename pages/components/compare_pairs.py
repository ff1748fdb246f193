"""Every two models on the films that neither has seen, in numbers and in words."""

import hashlib

import streamlit as st

from pages.components.compare_board import FIRST, with_interval
from pages.components.frame import sentence
from xray_core.bundle import Interval
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.subgroups import NOT_RECORDED, Subgroup, subgroups
from xray_core.evaluation.verdict import areas_in_words, errors_in_words, p_in_words


def show(comparison: Comparison) -> None:
    """Show the pairwise table, and a plain sentence for each pair."""
    if not comparison.pairs:
        st.info("Choose a second model to compare with.", icon=":material/compare_arrows:")
        return
    count = len(comparison.pairs)
    for pair in comparison.pairs:
        st.markdown(f"**{sentence(pair.a)}** and **{sentence(pair.b)}**, {pair.n:,} films")
        st.markdown(sentence(errors_in_words(pair)))
        if pair.n:
            st.markdown(sentence(areas_in_words(pair, count)))
    rows = []
    for pair in comparison.pairs:
        a_only, b_only = pair.only_right()
        row = {
            "A less B": f"{pair.a} − {pair.b}",
            "Films": pair.n,
            "DeLong": p_in_words(pair.delong_p),
            "DeLong, corrected": p_in_words(pair.delong_p_corrected),
            "McNemar": p_in_words(pair.mcnemar_p),
            "McNemar, corrected": p_in_words(pair.mcnemar_p_corrected),
            "A alone right": a_only,
            "B alone right": b_only,
        }
        differences = {
            f"Δ {MEASURES[name].title}": _difference(found)
            for name, found in pair.differences.items()
        }
        rows.append(row | differences)
    st.dataframe(rows, hide_index=True, width="stretch")
    st.caption(
        "Differences are A less B with 95 % intervals, paired, over patients; “no interval” where "
        "too few films tell the two apart, and for the calibration error, of which draws give no "
        "honest one. DeLong's and McNemar's tests count films as independent; where patients have "
        "several, trust the intervals more; the sentences call nothing more than chance that test "
        "and interval do not both. Corrected is for the number of pairs (Holm). The table's "
        "McNemar test is of all errors; the sentences test missed films and false alarms apart."
    )


def _difference(found: Interval) -> str:
    without = found.value is not None and found.low is None
    return f"{with_interval(found)} (no interval)" if without else with_interval(found)


def by_group(comparison: Comparison) -> None:
    """Show the figures apart for age, sex, view, exposure and source, where the files tell."""
    rows, films = [], _films(comparison)
    for model in comparison.models:
        key = model.contender.ref.sha256, films, model.rows.tobytes()
        for group in _groups(key, model.name, comparison):
            whole = group.group == NOT_RECORDED and group.measured.n == model.measured.n
            row = {
                "Model": model.name,
                "By": group.by,
                "Group": group.group,
                "Films": group.measured.n,
                "Patients": group.measured.patients,
            }
            figures = {
                MEASURES[n].title: "" if whole else with_interval(group.measured[n])
                for n in (*FIRST, *(name for name in MEASURES if name not in FIRST))
            }
            rows.append(row | figures)
    st.dataframe(rows, hide_index=True, width="stretch")
    st.caption(
        "Age, sex and view as the DICOM header says them; pictures say nothing. Exposure is the "
        "mean grey of the film's own pixels, 0 black to 1 white. Small groups have wide intervals: "
        "read the interval, not the figure."
    )


@st.cache_resource(show_spinner="Measuring the groups …", max_entries=24)
def _groups(key: tuple[str, str, bytes], model: str, _comparison: Comparison) -> list[Subgroup]:
    return subgroups(_comparison.model(model), _comparison.dataset)


def _films(comparison: Comparison) -> str:
    """Return one hash of all that groups are made of, in the order of the films.

    That of the comparison is of what the films are: equal films of another source give the same.
    """
    table = comparison.dataset.table[["sha256", "path", "label", "patient", "source"]]
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
