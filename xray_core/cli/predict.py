"""`predict`: an opinion on each file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import ABSTAINS, Json, Model, print_json, print_notice, print_text, table
from xray_core.errors import XrayError

if TYPE_CHECKING:
    from xray_core.inference import Classifier, Prediction, Reading

BAR = 30


def predict(
    files: Annotated[
        list[Path],
        # Typer would refuse all of them for one that cannot be opened.
        typer.Argument(metavar="FILE", help="PNG, JPEG, TIFF, BMP, WebP or DICOM.", readable=False),
    ],
    model: Model = None,
    json: Json = False,
) -> None:
    """Give a calibrated opinion on each film.

    A film is refused if it is readable but nothing that the model may judge (`refused`: a
    photograph, a CT slice), and an error if it cannot be read. Neither stops the others; the exit
    code is then 2.

    \b
    Examples:
      python -m xray_core predict film.dcm
      python -m xray_core predict films/*.png --json > opinions.jsonl

    \b
    With --json, one object a line:
      source, sha256, status (ok, refused, error), probabilities {class: p}, p_pneumonia,
      decision (PNEUMONIA, NORMAL, ABSTAIN or null), threshold, reasons, model {name, sha256},
      seconds
    """
    from xray_core.inference import load_classifier, read_path

    classifier = load_classifier(model)
    statuses = []
    for file in files:
        reading = read_path(classifier, file)
        statuses.append(reading.prediction.status.value)
        if json:
            print_json(reading.prediction.to_json())
        else:
            print_text(_paragraph(reading))
    if not json:
        print_text(_operating_point(classifier))
        print_notice()
    _complain(statuses)


def _complain(statuses: list[str]) -> None:
    counts = {"refused": statuses.count("refused"), "unreadable": statuses.count("error")}
    if total := sum(counts.values()):
        parts = ", ".join(f"{n} {what}" for what, n in counts.items() if n)
        raise XrayError(f"{total} of {len(statuses)} files without an opinion: {parts}.")


def _paragraph(reading: "Reading") -> list[str]:
    from xray_core.imaging.naming import display_name

    prediction = reading.prediction
    synthetic = "  (synthetic phantom)" if reading.film and reading.film.synthetic else ""
    lines = [f"{display_name(prediction.source)}{synthetic}"]
    if prediction.probabilities is None:
        title = {"refused": "Refused", "error": "Unreadable"}[prediction.status.value]
        return [*lines, *(f"  {title}: {reason}" for reason in prediction.reasons), ""]
    return [*lines, *_opinion(prediction), *(f"  Note: {r}" for r in prediction.reasons), ""]


def _opinion(prediction: "Prediction") -> list[str]:
    from xray_core.labels import TITLES
    from xray_core.plots.opinion import digits_apart, percent

    assert prediction.probabilities is not None and prediction.decision is not None
    p_pneumonia, threshold = prediction.p_pneumonia or 0.0, prediction.threshold or 0.0
    digits = digits_apart(p_pneumonia, threshold)
    rows = [("P(pneumonia)", percent(p_pneumonia, digits), "")]
    for name, p in prediction.probabilities.items():
        rows.append((TITLES.get(name, name), percent(p, digits), "█" * round(BAR * p)))
    limit = percent(threshold, digits)
    words = {
        "PNEUMONIA": f"PNEUMONIA: at or above the threshold {limit}",
        "NORMAL": f"NORMAL: below the threshold {limit}",
        "ABSTAIN": ABSTAINS,
    }
    return [f"  {words[prediction.decision.value]}", *table(rows, "  ")]


def _operating_point(classifier: "Classifier") -> list[str]:
    from xray_core.plots.opinion import performance_in_words

    return [
        f"Model {classifier.name}, SHA-256 {classifier.sha256[:12]}…",
        performance_in_words(classifier.manifest),
    ]
