"""Errors: those of the threshold, and of each class by the most probable output."""

from typing import Any

import streamlit as st

from pages.components import compare_threshold
from pages.components.chart import draw
from pages.components.compare_board import with_interval
from xray_core.evaluation.by_class import by_class, class_matrix
from xray_core.evaluation.comparison import Comparison
from xray_core.labels import TITLES
from xray_core.plots.compare_confusion import Matrix, matrices_figure

BESIDE = 2
"""Matrices in a row: four classes and their films need the room."""
HEIGHT = 380


def show(comparison: Comparison) -> None:
    """Show both kinds of errors at a threshold, then which class is taken for which."""
    compare_threshold.show(comparison)
    st.markdown("**By class**")
    st.dataframe(_rows(comparison), hide_index=True, width="stretch")
    st.caption(
        "The most probable class of each film, whatever the threshold, over films whose label is "
        "one class of the model. Precision: of the films given the class, those that are of it. "
        "Recall: of the films of the class, those given it. 95 % intervals over patients."
    )
    models = comparison.models
    for first in range(0, len(models), BESIDE):
        beside = models[first : first + BESIDE]
        matrices = []
        for model in beside:
            names = [_title(name) for name in model.measured.opinions.task.outputs]
            said = [f"called {name}" for name in names]
            films = class_matrix(model.measured.opinions)
            matrices.append(Matrix(f"<b>{model.name}</b>", films, names, said))
        figure = matrices_figure(matrices, height=HEIGHT, first=first)
        words = f"Classes of {' and '.join(model.name for model in beside)}"
        draw(figure, f"compare-classes-{first}", words)


def _rows(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "Model": model.name,
            "Class": _title(row.name),
            "Films": row.films,
            "Precision": with_interval(row.figures["precision"]),
            "Recall": with_interval(row.figures["recall"]),
            "F1": with_interval(row.figures["f1"]),
        }
        for model in comparison.models
        for row in by_class(model.measured)
    ]


def _title(name: str) -> str:
    return TITLES.get(name, name)
