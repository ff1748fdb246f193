"""A comparison as a PDF: figures, curves, errors, pairs, groups, which films, which models."""

from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer

from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.verdict import (
    areas_in_words,
    best_in_words,
    errors_in_words,
    few_in_words,
    p_in_words,
    seen_in_words,
    shortcut_in_words,
    unclear_shortcuts_in_words,
)
from xray_core.notice import NOTICE
from xray_core.reports import compare_sections as sections
from xray_core.reports.compare_drawing import key_line
from xray_core.reports.compare_films import left_out_in_words
from xray_core.reports.compare_parts import (
    HEADING,
    MARGIN,
    NEW_LINE,
    SMALL,
    TITLE,
    foot,
    number,
    paragraph,
    table,
)

BESIDE = 4
"""Models beside each other in the table of all figures; more have no room for their intervals."""
PACKAGES = ("numpy", "scipy", "keras")


def comparison_pdf(comparison: Comparison) -> bytes:
    """Return the comparison as a PDF with its data manifest and the hashes of the models."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=14 * mm,
        bottomMargin=18 * mm,
        title=f"Comparison on {comparison.data.name}",
        author="Kerley",
    )
    story = [
        *_beginning(comparison),
        *_leaderboard(comparison),
        *sections.curves(comparison),
        *sections.errors(comparison),
        *_pairs(comparison),
        *_all_figures(comparison),
        *sections.classes(comparison),
        *sections.groups(comparison),
        *sections.training(comparison),
        *sections.cost(comparison),
        *_manifest(comparison),
    ]
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _beginning(comparison: Comparison) -> list[Flowable]:
    data = comparison.data
    part = f", {data.split.replace('_', ' ')}" if data.split else ""
    made = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
    synthetic = comparison.synthetic
    lines = [
        f"{data.films:,} films of {data.patients:,} patients. {best_in_words(comparison)}",
        f"{synthetic:,} of them are synthetic phantoms, not patients." if synthetic else "",
        *map(seen_in_words, comparison.models),
        *map(few_in_words, comparison.models),
        *map(left_out_in_words, comparison.models),
        *map(shortcut_in_words, comparison.models),
        unclear_shortcuts_in_words(comparison),
    ]
    return [
        paragraph(f"Comparison on {data.name}{part}", TITLE),
        paragraph(f"{made}. {NOTICE}", SMALL),
        Spacer(1, 6),
        *(paragraph(line) for line in lines if line),
    ]


def _leaderboard(comparison: Comparison) -> list[Flowable]:
    shown = ("auc", "auc_lungs_blanked", "auc_frame_blanked", "sensitivity", "specificity", "ece")
    rows = [["", "Model", "Films", *(MEASURES[name].title for name in shown)]]
    for place, model in _ranked(comparison):
        mark = NEW_LINE + "tied with the best" if model.name in comparison.tied else ""
        mark = NEW_LINE + "the best" if model.name == comparison.best else mark
        mark += NEW_LINE + "leans on shortcuts" if model.leans else ""
        cells = [number(model.measured[name], MEASURES[name].percent) for name in shown]
        rows.append([key_line(place), f"{model.name}{mark}", f"{model.measured.n:,}", *cells])
    widths = [0.06, 0.21, 0.06, 0.11, 0.11, 0.11, 0.115, 0.115, 0.11]
    text = (
        "95 % intervals by bootstrap over patients; each row stands on the films that count for "
        "its model. With the lungs blanked a model should know nothing (0.5); with the frame "
        "blanked it should lose nothing."
    )
    return [paragraph("Models", HEADING), table(rows, widths), paragraph(text, SMALL)]


def _ranked(comparison: Comparison) -> list[tuple[int, Any]]:
    """Return (place in the comparison, model), the best first."""
    return sorted(
        enumerate(comparison.models),
        key=lambda item: (
            item[1].name != comparison.best,
            not item[1].may_win,
            -(item[1].measured["auc"].value or 0),
        ),
    )


def _pairs(comparison: Comparison) -> list[Flowable]:
    if not comparison.pairs:
        return []
    count = len(comparison.pairs)
    rows, said = [["Pair", "Films", "Difference of AUC", "DeLong", "McNemar"]], []
    for pair in comparison.pairs:
        words = [errors_in_words(pair)] + ([areas_in_words(pair, count)] if pair.n else [])
        p = [p_in_words(value) for value in (pair.delong_p, pair.mcnemar_p)]
        names, difference = f"{pair.a} less {pair.b}", number(pair.differences["auc"], signed=True)
        rows.append([names, f"{pair.n:,}", difference, *p])
        said.append(paragraph(" ".join(words)))
    widths = [0.46, 0.08, 0.22, 0.12, 0.12]
    text = (
        "DeLong's test of the AUC and McNemar's exact test of the errors count films as "
        "independent; the intervals are over patients, and a difference has none where too few "
        "films tell the two apart. The sentences call nothing more than chance that test and "
        "interval do not both. From three models on they give p corrected for the number of tests "
        "(Holm). They test missed films and false alarms apart."
    )
    return [
        paragraph("Pairs", HEADING),
        table(rows, widths),
        paragraph(text, SMALL),
        Spacer(1, 4),
        *said,
    ]


def _all_figures(comparison: Comparison) -> list[Flowable]:
    story: list[Flowable] = [paragraph("All figures", HEADING)]
    for first in range(0, len(comparison.models), BESIDE):
        models = comparison.models[first : first + BESIDE]
        rows = [["Figure", *(model.name for model in models)]]
        unscored = (f"{int((~model.contender.usable).sum()):,}" for model in models)
        rows.append(["Unscored: films whose label it has no class for", *unscored])
        for name, measure in MEASURES.items():
            cells = (number(model.measured[name], measure.percent) for model in models)
            rows.append([measure.title, *cells])
        story += [table(rows, [0.28, *[0.18] * len(models)]), Spacer(1, 6)]
    return story


def _manifest(comparison: Comparison) -> list[Flowable]:
    data = comparison.data
    rows = [["What", "SHA-256", ""]]
    for model in comparison.models:
        cost = model.contender.cost
        words = f"{model.contender.manifest.network}, {model.contender.manifest.title}"
        if cost:
            words += f"; {cost.latency_ms:.0f} ms a film, {cost.size_bytes / 1e6:.1f} MB"
        rows.append([model.name, model.contender.ref.sha256, words])
    labels = ", ".join(f"{count:,} {name or 'unlabelled'}" for name, count in data.labels.items())
    sources = ", ".join(f"{name} ({count:,})" for name, count in data.sources.items())
    rows.append([f"Films of {data.name}", data.sha256, f"{labels}. Sources: {sources}"])
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    text = f"{comparison.draws:,} bootstrap draws, seed {comparison.seed}. {versions}."
    return [
        paragraph("Films and models", HEADING),
        table(rows, [0.19, 0.48, 0.33]),
        paragraph(text, SMALL),
    ]
