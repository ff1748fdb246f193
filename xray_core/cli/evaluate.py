"""`evaluate`: a model on labelled films."""

from pathlib import Path
from typing import Annotated, Any

import typer

from xray_core.cli.audit_text import plain
from xray_core.cli.output import (
    Json,
    Model,
    Split,
    counted,
    decimal,
    percent,
    print_json,
    print_notice,
    print_text,
    progress,
    table,
)
from xray_core.errors import DatasetError

FLATTERED = ", or a copy or another film of the patient had: the figures flatter it"


def evaluate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder, .zip, .tar.gz or MedMNIST .npz.")
    ],
    model: Model = None,
    split: Split = None,
    json: Json = False,
) -> None:
    """Measure a model on labelled films.

    Intervals are 95 %, bootstrapped over patients.

    \b
    Layouts that are read:
      {train,val,test}/{NORMAL,PNEUMONIA}/…   person12_virus_9.jpeg, BACTERIA-123-0001.jpeg, …
      {NORMAL,BACTERIAL,VIRAL,COVID-19}/…     one folder for each class
      {0,1,…}/… with labels.json              numbered classes with a label map
      the same as .zip or .tar.gz, or a MedMNIST .npz

    AUC, accuracy, sensitivity and specificity are of normal against pneumonia, the last three at
    the model's threshold. Films that are refused or cannot be read are counted and left out; where
    that leaves none, the exit code is 2.

    Every film is scored twice more, as it is cropped but with a part of it grey: with the lungs
    blanked (the middle 76 % of height and width) a model should know nothing, AUC 0.5; with the
    frame blanked (all the rest) it should lose nothing.

    \b
    Examples:
      python -m xray_core evaluate chest_xray --split internal_test
      python -m xray_core evaluate films.zip --json

    \b
    With --json, one object on one line:
      model, n, refused, auc, auc_ci, accuracy, accuracy_ci, sensitivity,
      specificity, confusion [[true normal, false alarm], [missed, found]], threshold, ece, brier,
      per_class {class: {precision, recall, f1, support}}, bacterial_vs_viral_auc,
      auc_lungs_blanked, auc_frame_blanked, and more intervals (…_ci) and counts; null where a
      figure is undefined
    """
    from xray_core.datasets.open import open_dataset
    from xray_core.evaluation.evaluate import evaluate as measure
    from xray_core.inference import load_classifier

    dataset = open_dataset(folder)
    classifier = load_classifier(model)
    result = measure(classifier, dataset, split=split, progress=progress("Films read:"))
    out = result.to_json()
    if json:
        print_json(out)
    else:
        print_text(_text(out))
        print_notice()
    if not out["n"]:
        counts = (("refused", "refused"), ("errors", "unreadable"), ("unscored", "of other labels"))
        parts = ", ".join(f"{out[key]:,} {what}" for key, what in counts if out[key])
        raise DatasetError(f"not one film of {folder.name} could be scored: {parts}.")


def _text(out: dict[str, Any]) -> list[str]:
    (true_normal, false_alarm), (missed, found) = out["confusion"]
    rows = [
        ("AUC", _decimal(out, "auc")),
        ("AUC, lungs blanked", f"{_decimal(out, 'auc_lungs_blanked')}  should be 0.5"),
        ("AUC, frame blanked", f"{_decimal(out, 'auc_frame_blanked')}  should be as the AUC"),
        ("Accuracy", percent(out["accuracy"], out["accuracy_ci"])),
        ("Sensitivity", percent(out["sensitivity"], out["sensitivity_ci"])),
        ("Specificity", percent(out["specificity"], out["specificity_ci"])),
        ("Calibration error", _decimal(out, "ece")),
        ("Brier score", _decimal(out, "brier")),
        ("AUC, bacterial against viral", _decimal(out, "bacterial_vs_viral_auc")),
    ]
    return [
        f"Model {out['model']} on {out['n']:,} films of {out['patients']:,} patients "
        "(95 % intervals over patients)",
        "",
        *table(rows, "  "),
        "",
        f"  At the threshold {out['threshold']:.3f} on P(pneumonia)",
        *table(
            [
                ("", "called normal", "called pneumonia"),
                ("normal", f"{true_normal:,}", f"{false_alarm:,}"),
                ("pneumonia", f"{missed:,}", f"{found:,}"),
            ],
            "  ",
        ),
        "",
        *table([("CLASS", "PRECISION", "RECALL", "F1", "FILMS"), *_classes(out)], "  "),
        *_left_out(out),
    ]


def _decimal(out: dict[str, Any], name: str) -> str:
    return decimal(out[name], out[f"{name}_ci"])


def _classes(out: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (name, *(decimal(one[key]) for key in ("precision", "recall", "f1")), str(one["support"]))
        for name, one in out["per_class"].items()
    ]


def _left_out(out: dict[str, Any]) -> list[str]:
    lines = [f"  {words}" for words in counted(out)]
    lines += [
        f"  {count:,} films had the role {role} when this model was made"
        + ("" if role == "internal_test" else FLATTERED)
        for role, count in out["roles"].items()
    ]
    lines += [plain(f"    {film['path']}: {film['reason']}") for film in out["left_out"][:20]]
    more = len(out["left_out"]) - 20
    return ["", *lines, *([f"    and {more:,} more"] if more > 0 else [])] if lines else []
