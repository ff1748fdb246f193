"""`explain`: which parts of a film speak for and against an answer."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xray_core.cli.output import (
    ABSTAINS,
    Json,
    Model,
    print_json,
    print_notice,
    print_text,
    progress,
    table,
)
from xray_core.errors import FilmError
from xray_core.notice import NOTICE

if TYPE_CHECKING:
    from xray_core.explain.explanation import Explanation
    from xray_core.explain.lung_share import LungShare
    from xray_core.inference import Classifier, NetworkView, Prediction, Reading

STRONGEST = 10


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One film.")],
    target: Annotated[
        str,
        typer.Option("--class", metavar="C", help="What to explain: PNEUMONIA or a class."),
    ] = "PNEUMONIA",
    samples: Annotated[
        int, typer.Option(metavar="N", help="Films with parts hidden that are scored.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="S", help="Same seed, same explanation.")] = 0,
    segmentation: Annotated[
        str, typer.Option(metavar="HOW", help="grid, slic, quickshift or felzenszwalb.")
    ] = "grid",
    segments: Annotated[int, typer.Option(metavar="N", help="About how many superpixels.")] = 60,
    features: Annotated[
        int | None,
        typer.Option(metavar="N", help="The most superpixels with a weight; by default all."),
    ] = None,
    hide: Annotated[
        str, typer.Option(metavar="HOW", help="What hides a superpixel: mean, black or blur.")
    ] = "mean",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for the mask, the heat map and the record, named by the first 12 digits "
            "of the film's SHA-256 and the class.",
        ),
    ] = None,
    model: Model = None,
    json: Json = False,
) -> None:
    """Show what on a film speaks for an answer.

    LIME (Ribeiro, Singh and Guestrin 2016) hides superpixels at random, sees what the answer does,
    and fits a weight to each; a positive weight supports the class. R² tells how far to trust them:
    from 0.7 on they are close to what the network does, below 0.4 do not rely on them. How much of
    the evidence, for and against, lies in the lungs tells whether the network looks where disease
    is: beside it stands how much of what it sees the lungs cover.

    \b
    Examples:
      python -m xray_core explain film.dcm
      python -m xray_core explain film.png --class COVID-19 --samples 2000 --out why

    \b
    With --json, one object on one line:
      class, seconds, samples, segments, r2, weights (one for each superpixel), lung_share and
      lung_area (null where no plausible lungs are found), and the film, the model and every setting
    """
    from xray_core.explain.lime import LimeSettings, explain_lime
    from xray_core.explain.lung_share import find_lung_share
    from xray_core.inference import load_classifier, read_path

    settings = LimeSettings(segmentation, segments, samples, features, hide, seed)  # type: ignore[arg-type]
    if out:
        out.mkdir(parents=True, exist_ok=True)
    classifier = load_classifier(model)
    reading = read_path(classifier, file)
    if reading.film is None or reading.prediction.probabilities is None:
        raise FilmError(file.name, " ".join(reading.prediction.reasons))
    view = classifier.see(reading.film)
    explanation = explain_lime(
        classifier.probabilities,
        view.pixels,
        target.upper(),
        settings,
        task=classifier.task,
        halves=classifier.halves,
        progress=progress("Films scored:"),
    )
    share = find_lung_share(explanation, view.geometry, reading.film)
    record = _record(explanation, share, classifier, view, reading.prediction)
    written = _write(out, reading, view, explanation, record) if out else []
    if json:
        print_json(record)
        return
    lines = _text(reading, explanation, share, view)
    print_text([*lines, *(f"Written: {path}" for path in written)])
    print_notice()


def _record(
    explanation: "Explanation",
    share: "LungShare",
    classifier: "Classifier",
    view: "NetworkView",
    prediction: "Prediction",
) -> dict[str, Any]:
    """Return all that is needed to make the explanation again."""
    from xray_core.reports.versions import versions

    found = explanation.to_json()
    first = ("class", "seconds", "samples", "segments", "r2", "weights")
    return {
        **{key: found.pop(key) for key in first},
        **share.to_json(),
        **found,
        "opinion": prediction.to_json(),
        "input": {
            "size": view.geometry.size,
            "crop": list(view.geometry.box),
            "preprocessing": classifier.manifest.preprocessing.model_dump(),
        },
        "versions": versions(),
        "notice": NOTICE,
    }


def _write(
    out: Path,
    reading: "Reading",
    view: "NetworkView",
    explanation: "Explanation",
    record: dict[str, Any],
) -> list[Path]:
    from xray_core.plots.explanation_png import about_lines, lime_mask_png, lime_png
    from xray_core.plots.film import screen_of
    from xray_core.plots.lime_look import Look

    film, prediction = reading.film, reading.prediction
    assert film is not None
    # As the page names its downloads: DICOM files of many patients are all called IM0001.
    name = f"{film.sha256[:12]}-{explanation.target}"
    look, about = Look("heat", top=STRONGEST), about_lines(film, prediction, prediction.model)
    heat = lime_png(screen_of(film), view.geometry, explanation, look, about=about)
    files = {
        out / f"{name}-mask.png": lime_mask_png(view.geometry, explanation, top=STRONGEST),
        out / f"{name}-heatmap.png": heat,
        out / f"{name}-record.json": (json_module.dumps(record, indent=2) + "\n").encode(),
    }
    for path, content in files.items():
        path.write_bytes(content)
    return list(files)


def _text(
    reading: "Reading", explanation: "Explanation", share: "LungShare", view: "NetworkView"
) -> list[str]:
    """Return the explanation as lines, after what must be said of the film."""
    from xray_core.explain.explanation import effect_in_words, trust_in_words
    from xray_core.explain.lung_share import lung_share_in_words
    from xray_core.inference import Decision
    from xray_core.labels import TITLES
    from xray_core.plots.opinion import percent

    film, prediction = reading.film, reading.prediction
    assert film is not None
    abstains = prediction.decision is Decision.ABSTAIN
    said = [ABSTAINS] if abstains else []
    title = TITLES.get(explanation.target, explanation.target)
    synthetic = "  (synthetic phantom)" if film.synthetic else ""
    effect = effect_in_words(explanation)
    rows = [("SUPERPIXEL", "WEIGHT", "", "WHERE ON THE FILM")]
    for number in explanation.strongest(STRONGEST):
        weight = float(explanation.weights[number])
        side = "supports" if weight > 0 else "against"
        rows.append((str(number), f"{weight:+.4f}", side, _place(explanation, view, int(number))))
    return [
        f"{film.source}{synthetic}",
        *(f"  {line}" for line in said),
        *(f"  Note: {reason}" for reason in prediction.reasons),
        f"  {title}: P = {percent(explanation.prediction, 1)}; "
        f"{len(explanation.weights)} superpixels, {explanation.samples:,} samples, "
        f"{explanation.seconds:.1f} s",
        f"  {trust_in_words(explanation)}",
        *([f"  {effect}"] if effect else []),
        f"  {lung_share_in_words(share)}",
        "",
        *table(rows, "  "),
        "",
    ]


def _place(explanation: "Explanation", view: "NetworkView", number: int) -> str:
    """Return the centre of a superpixel in pixels of the film."""
    rows, columns = (explanation.segments == number).nonzero()
    top, left, bottom, right = view.geometry.box
    size = view.geometry.size
    x = left + (float(columns.mean()) + 0.5) / size * (right - left)
    y = top + (float(rows.mean()) + 0.5) / size * (bottom - top)
    return f"x {x:.0f}, y {y:.0f} px"
