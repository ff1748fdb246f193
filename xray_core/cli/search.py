"""`search`: the best settings for a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.foreground import train_network
from xray_core.cli.model_name import under_own_name
from xray_core.cli.output import (
    Json,
    decimal,
    print_json,
    print_notice,
    print_text,
    progress,
    table,
)
from xray_core.cli.run_choice import (
    ConfigFile,
    Folders,
    ManifestFile,
    Name,
    Network,
    PresetName,
    Seed,
    choose_run,
)
from xray_core.cli.training_progress import log, together
from xray_core.errors import ConfigError

if TYPE_CHECKING:
    from xray_core.training.search_result import SearchResult, TrialResult


def search(
    folders: Folders = None,
    config: ConfigFile = None,
    trials: Annotated[int, typer.Option(min=1, metavar="N", help="Settings to try.")] = 20,
    sampler: Annotated[
        str, typer.Option(metavar="S", help="tpe (learns from trials), random or grid.")
    ] = "tpe",
    network: Network = None,
    preset: PresetName = None,
    manifest: ManifestFile = None,
    name: Name = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Epochs of a trial; by default the run's."),
    ] = None,
    seed: Seed = None,
    train_best: Annotated[
        bool,
        typer.Option(
            "--train-best",
            help="Train the best settings in full at the end, under a name that no model has.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Search for the best settings of a run by short trainings.

    Trials are compared by their loss on validation patients; one that falls behind the others is
    ended early. They are kept: the same command adds more. Progress goes to standard error.

    \b
    Examples:
      python -m xray_core search my-films --network residual --trials 30 --epochs 6
      python -m xray_core search --config my-run.json --trials 20 --sampler random --json

    \b
    With --json, one object on one line:
      name, sampler, trials [{number, state, loss, epochs, settings, seconds, reason}],
      importances {setting: share}, best_trial, best (a configuration), and bundle with --train-best
    """
    chosen = choose_run(folders, config, network, preset, name, manifest=manifest, seed=seed)
    from xray_core.tracking.recorded import recorded
    from xray_core.training.search import search as run

    with recorded(chosen, "search", log) as record:
        result = run(
            chosen,
            trials,
            sampler=sampler,  # type: ignore[arg-type]  # checked there, with a sentence
            epochs=epochs,
            on_load=progress("Films read:"),
            on_films=record.on_films,
            on_trial=together(_show_trial, record.on_trial),
            log=log,
        )
        record.search(result)
    bundle = str(_train_best(result)) if train_best else None
    if json:
        print_json(result.to_json() | ({"bundle": bundle} if bundle else {}))
        return
    print_text(_text(result) + ([bundle] if bundle else []))
    print_notice()


def _train_best(found: "SearchResult") -> Path:
    if found.best is None:
        raise ConfigError(f"the search {found.name!r} has no trial that was completed; try more.")
    return train_network(under_own_name(found.best, made_up=True))


def _show_trial(trial: "TrialResult") -> None:
    from xray_core.training.search_space import value_in_words

    tried = "  ".join(f"{name} {value_in_words(v)}" for name, v in trial.settings.items())
    log(f"trial {trial.number + 1:>3}  {trial.state:<8}  loss {decimal(trial.loss)}  {tried}")


def _text(result: "SearchResult") -> list[str]:
    if result.best_trial is None:
        return ["No trial was completed."]
    from xray_core.training.search_space import value_in_words

    best = result.trials[result.best_trial]
    rows = [("SETTING", "BEST", "IMPORTANCE")]
    rows += [
        (name, value_in_words(value), decimal(result.importances.get(name)))
        for name, value in best.settings.items()
    ]
    return [
        f"Trial {best.number + 1} of {len(result.trials)}: loss {decimal(best.loss)}",
        *table(rows),
    ]
