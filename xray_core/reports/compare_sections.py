"""Sections of a comparison's PDF that draw: curves, errors, classes, groups, training, cost."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from xray_core.evaluation.by_class import by_class, class_matrix
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measured import confusion
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.subgroups import subgroups
from xray_core.plots.compare_words import errors_of_a_hundred, films_differ_in_words
from xray_core.reports.compare_charts import charts, cost_charts, training_charts
from xray_core.reports.compare_matrices import matrix_drawing
from xray_core.reports.compare_parts import HEADING, SMALL, WIDTH, number, paragraph, table

TWO = ("normal", "pneumonia")
GROUPED = ("auc", "auc_lungs_blanked", "auc_frame_blanked", "sensitivity", "specificity")


def curves(comparison: Comparison) -> list[Flowable]:
    """Return ROC, precision-recall, reliability and decision curves."""
    drawn = _rows(charts(comparison.models), 2)
    return [paragraph("Curves", HEADING), *_films_differ(comparison), *drawn]


def errors(comparison: Comparison) -> list[Flowable]:
    """Return both kinds of errors at each model's threshold, in numbers, words and matrices."""
    head = ["Model", "Threshold", "Normal, called normal", "False alarms", "Missed", "Found"]
    rows, drawn = [[*head, "In words"]], []
    for model in comparison.models:
        matrix = confusion(model.measured.opinions)
        (passed, alarms), (missed, found) = matrix
        films = [f"{count:,}" for count in (passed, alarms, missed, found)]
        threshold = f"{model.measured.opinions.threshold:.3f}"
        rows.append([model.name, threshold, *films, errors_of_a_hundred(matrix)])
        drawn.append(matrix_drawing(f"{model.name} at {threshold}", TWO, matrix, WIDTH / 3 - 8))
    return [
        paragraph("Errors at each model's threshold", HEADING),
        *_films_differ(comparison),
        table(rows, [0.17, 0.09, 0.11, 0.09, 0.08, 0.08, 0.38]),
        Spacer(1, 4),
        *_rows(drawn, 3),
        paragraph("Rows are what the films are, columns what they were called.", SMALL),
    ]


def classes(comparison: Comparison) -> list[Flowable]:
    """Return precision, recall and F1 of each class, and which class is taken for which."""
    rows, drawn = [["Model", "Class", "Films", "Precision", "Recall", "F1"]], []
    for model in comparison.models:
        for one in by_class(model.measured):
            cells = [number(one.figures[kind]) for kind in ("precision", "recall", "f1")]
            rows.append([model.name, one.name, f"{one.films:,}", *cells])
        opinions = model.measured.opinions
        names, films = opinions.task.outputs, class_matrix(opinions)
        drawn.append(matrix_drawing(model.name, names, films, WIDTH / 2 - 8))
    text = (
        "By the most probable class, over films whose label is one class of the model. Rows of a "
        "matrix are what the films are, columns what they were called."
    )
    return [
        paragraph("Classes", HEADING),
        table(rows, [0.26, 0.18, 0.08, 0.16, 0.16, 0.16]),
        Spacer(1, 4),
        *_rows(drawn, 2),
        paragraph(text, SMALL),
    ]


def groups(comparison: Comparison) -> list[Flowable]:
    """Return the figures apart for ages, sexes, views, exposures and sources."""
    rows = [["Model", "By", "Group", "Films", *(MEASURES[name].title for name in GROUPED)]]
    for model in comparison.models:
        for group in subgroups(model, comparison.dataset):
            found = group.measured
            cells = [number(found[name], MEASURES[name].percent) for name in GROUPED]
            rows.append([model.name, group.by, group.group, f"{found.n:,}", *cells])
    text = (
        "Age, sex and view as the DICOM header says them; exposure is the mean grey of the pixels, "
        "0 black to 1 white. Small groups have wide intervals."
    )
    widths = [0.15, 0.075, 0.15, 0.055, *[0.114] * len(GROUPED)]
    return [paragraph("Groups", HEADING), table(rows, widths), paragraph(text, SMALL)]


def training(comparison: Comparison) -> list[Flowable]:
    """Return the training curves that the bundles record; nothing where none does."""
    drawn = training_charts(comparison.models)
    if not drawn:
        return []
    text = "Of the films that trained and tuned each model: not to be compared as results are."
    return [paragraph("Training", HEADING), *_rows(drawn, 2), paragraph(text, SMALL)]


def cost(comparison: Comparison) -> list[Flowable]:
    """Return quality against time and size; nothing where no cost was measured."""
    drawn = cost_charts(comparison.models)
    if not drawn:
        return []
    return [paragraph("Cost", HEADING), *_films_differ(comparison), *_rows(drawn, 2)]


def _films_differ(comparison: Comparison) -> list[Flowable]:
    """Return that models drawn together stand on different films; nothing where they do not."""
    words = films_differ_in_words(comparison.models)
    return [paragraph(words, SMALL)] if words else []


def _rows(drawn: Sequence[Drawing], beside: int) -> list[Flowable]:
    """Return drawings, so many beside each other; each row a table, so that it fits a page."""
    style = TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    rows = []
    for first in range(0, len(drawn), beside):
        row = [*drawn[first : first + beside], *[""] * beside][:beside]
        rows.append(Table([row], colWidths=[WIDTH / beside] * beside, hAlign="LEFT", style=style))
    return rows
