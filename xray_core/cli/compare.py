"""`compare`: models on the same films, and what of it is chance."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import (
    Json,
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
from xray_core.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from xray_core.evaluation.comparison import Comparison
    from xray_core.inference import Classifier

HEAD = (
    "MODEL", "FILMS", "SEEN", "AUC", "LUNGS BLANKED", "FRAME BLANKED", "SENSITIVITY", "SPECIFICITY"
)  # fmt: skip


def compare(
    models: Annotated[
        list[str],
        typer.Argument(metavar="MODEL…", help="Names that `models` lists, or NAME@RUN of runs."),
    ],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Labelled films, as for `evaluate`.")],
    split: Split = None,
    draws: Annotated[int, typer.Option(min=100, max=1_000_000, help="Bootstrap draws.")] = 10_000,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there as well.")
    ] = None,
    json: Json = False,
) -> None:
    """Compare models on the same labelled films.

    A film that a model was trained or tuned on (by its bytes, its look, or as another film of the
    same patient) is counted and left out for that model; two models are compared on the films that
    neither has seen. A model that has seen most of the films cannot be called best on them.

    DeLong's test is of the AUC, McNemar's exact test of the errors at each model's threshold;
    intervals are 95 %, by a bootstrap over patients that all models share. Every p is
    corrected for the number of tests (Holm); more than chance is what that of DeLong's test, or of
    the errors, and one that counts patients both say. A film is scored once by a model; its
    scores are kept under XRAY_HOME.

    NAME@RUN is the model that a training in the background has written: its name and the first
    eight signs of its run's id, as the page Compare lists it. It is used where it lies.

    \b
    Examples:
      python -m xray_core compare kerley-lite-28 kerley-residual-1 --data chest_xray \\
          --split internal_test
      python -m xray_core compare old new --data films.zip --json
      python -m xray_core compare old new --data films.zip --pdf report.pdf

    \b
    With --json, one object on one line:
      models [{name, sha256, metrics {figure, figure_ci, confusion, per_class}, seen, refused, …}],
      pairs [{a, b, delong_p, mcnemar_p, a_only_correct, b_only_correct, delta_auc, delta_auc_ci,
      n, …}], seen {model: films}, best, level_with_best, tied_with_best, decided_on,
      data {name, sha256, films, …};
      null where a figure is undefined
    """
    from xray_core.datasets.open import open_dataset
    from xray_core.evaluation.comparison import compare as compare_models
    from xray_core.evaluation.contender import contend_all
    from xray_core.evaluation.selection import select_split

    if twice := sorted({name for name in models if models.count(name) > 1}):
        raise ConfigError(f"model {twice[0]!r} is named twice; allowed is each model once.")
    dataset = select_split(open_dataset(data), split)
    classifiers = [_load(name) for name in models]
    contenders = contend_all(classifiers, dataset, progress=progress("Films scored:"))
    result = compare_models(contenders, dataset, split=split, draws=draws)
    if json:
        print_json(result.to_json())
    else:
        print_text(_text(result))
        print_notice()
    if pdf:
        _write_report(result, pdf)
    if not any(model.measured.n for model in result.models):
        raise DatasetError(
            f"not one film of {data.name} could be scored that one of these models has not seen."
        )


def _write_report(result: "Comparison", path: Path) -> None:
    from xray_core.reports.compare_pdf import comparison_pdf

    try:
        path.write_bytes(comparison_pdf(result))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None


def _load(name: str) -> "Classifier":
    from xray_core.inference import Classifier, load_classifier
    from xray_core.tracking.run_bundles import find_run_bundle, is_run

    return Classifier(find_run_bundle(name)) if is_run(name) else load_classifier(name)


def _text(result: "Comparison") -> list[str]:
    from xray_core.evaluation.verdict import (
        areas_in_words,
        best_in_words,
        errors_in_words,
        few_in_words,
        seen_in_words,
        shortcut_in_words,
        unclear_shortcuts_in_words,
    )

    data, pairs = result.data, len(result.pairs)
    lines = [
        f"{data.name}{f' ({data.split})' if data.split else ''}: {data.films:,} films of "
        f"{data.patients:,} patients, SHA-256 {data.sha256[:12]}… (95 % intervals over patients)",
        "",
        *_figures(result),
        "",
        best_in_words(result),
    ]
    for pair in result.pairs:
        lines += ["", f"{pair.a} and {pair.b}, {pair.n:,} films of {pair.of_a.patients:,} patients"]
        lines += [f"  {errors_in_words(pair)}"]
        lines += [f"  {areas_in_words(pair, pairs)}"] if pair.n else []
    of_each = (seen_in_words, few_in_words, shortcut_in_words)
    said = [tell(model) for tell in of_each for model in result.models]
    said = [words for words in [*said, unclear_shortcuts_in_words(result)] if words]
    parts = {model.name: counted(model.to_json()) for model in result.models}
    said += [f"{name}: {'; '.join(words)}." for name, words in parts.items() if words]
    return [*lines, *([""] if said else []), *said]


def _figures(result: "Comparison") -> list[str]:
    """Return the leaderboard, the best first: * for it, = for what cannot be told from it."""
    rows: list[tuple[str, ...]] = [("", *HEAD)]
    ranked = sorted(
        result.models, key=lambda m: (m.name != result.best, -(m.measured["auc"].value or 0))
    )
    for model in ranked:
        mark = "*" if model.name == result.best else "=" if model.name in result.tied else ""
        found = model.measured.to_json()
        rows.append(
            (
                mark,
                model.name,
                f"{found['n']:,}",
                "?" if model.seen is None else f"{model.seen:,}",
                *(
                    decimal(found[name], found[f"{name}_ci"])
                    for name in ("auc", "auc_lungs_blanked", "auc_frame_blanked")
                ),
                *(
                    percent(found[name], found[f"{name}_ci"])
                    for name in ("sensitivity", "specificity")
                ),
            )
        )
    return table(rows)
