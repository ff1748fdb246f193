"""`dataset split`: patients divided for training, in one of three ways."""

from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli.output import print_text
from xray_core.errors import ConfigError


def split(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The data set to divide.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the split.")],
    own: Annotated[
        bool, typer.Option("--own", help="Keep the set's own train, val, test.")
    ] = False,
    folds: Annotated[
        int | None, typer.Option(metavar="K", help="So many folds instead of shares, 2 or more.")
    ] = None,
    validation: Annotated[
        float | None, typer.Option(metavar="X", help="Share of the patients; by default 0.1.")
    ] = None,
    test: Annotated[
        float | None, typer.Option(metavar="X", help="Share of the patients; by default 0.1.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="Key of the order; by default 20180222.")
    ] = None,
) -> None:
    """Divide the patients of a data set, never a patient; the folder of manifests is printed.

    It is written to XRAY_HOME/splits/NAME: patients.csv (or one file for each fold), which `train
    --manifest` takes and a training configuration can name, and films.csv with the hash of every
    film. Each fold is the test once; of the other patients one in nine validates.

    \b
    Examples:
      python -m xray_core dataset split chest_xray --name mine --validation 0.2 --test 0.1
      python -m xray_core dataset split chest_xray --name five --folds 5
    """
    from xray_core.datasets.manifest import SEED
    from xray_core.datasets.open import open_dataset
    from xray_core.datasets.split_plans import fold_split, fraction_split, own_split
    from xray_core.datasets.splits import FRACTIONS

    _check_one_way(own, folds, validation, test, seed)
    opened = open_dataset(folder)
    key = SEED if seed is None else seed
    if own:
        plan = own_split(opened)
    elif folds is not None:
        plan = fold_split(opened, folds, key)
    else:
        shares = [FRACTIONS[1] if share is None else share for share in (validation, test)]
        plan = fraction_split(opened, shares[0], shares[1], key)
    print_text([str(plan.save(name))])


def _check_one_way(
    own: bool, folds: int | None, validation: float | None, test: float | None, seed: int | None
) -> None:
    """Refuse options that the way of dividing would leave unused."""
    shares: list[tuple[str, object]] = [("--validation", validation), ("--test", test)]
    unused = shares if folds is not None else []
    if own:
        unused = [("--folds", folds), *shares, ("--seed", seed)]
    given = [option for option, value in unused if value is not None]
    if given:
        raise ConfigError(
            f"{', '.join(given)} beside {'--own' if own else '--folds'}; allowed is one way to "
            "divide: --own, --folds K with --seed, or --validation, --test and --seed."
        )
