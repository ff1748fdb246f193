"""`split`: dividing patients, once."""

from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli.output import print_notice, print_text, table


def split(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="Every data set that is to be divided.")
    ],
    out: Annotated[Path, typer.Option(metavar="F", help="CSV file to write.")],
) -> None:
    """Divide the patients of data sets into train, validation and internal test, once.

    80 %, 10 % and 10 %; patients who share a film stay together. The answer depends on nothing but
    the names of folders and films and their bytes. The project's own manifest,
    configs/patients.csv, is committed: with other data sets it would come out otherwise, and test
    patients would move into training. For other shares, folds or another seed see `dataset split`.

    \b
    Example:
      python -m xray_core split chest_xray adult_cxr --out patients.csv
    """
    from xray_core.datasets.manifest import build_manifest, write_manifest
    from xray_core.datasets.open import open_dataset

    manifest = build_manifest([open_dataset(folder) for folder in folders])
    write_manifest(manifest, out)
    counts = manifest.groupby(["source", "role"]).size().reset_index()
    rows = [tuple(map(str, row)) for row in counts.itertuples(index=False)]
    print_text([*table([("SOURCE", "ROLE", "PATIENTS"), *rows]), "", f"Written to {out}."])
    print_notice()
