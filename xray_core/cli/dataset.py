"""`dataset`: audit a data set, fetch a public one, import an archive, divide patients."""

from pathlib import Path
from typing import Annotated

import typer

from xray_core.cli.audit_text import audit_text, step_progress, write_reports
from xray_core.cli.dataset_split import split
from xray_core.cli.output import Json, print_json, print_notice, print_text, progress, table
from xray_core.notice import NOTICE

HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(rich_markup_mode=None, context_settings=HELP)

Report = Annotated[
    Path | None, typer.Option(metavar="F", help="Also write the audit to this file.")
]


@app.callback(invoke_without_command=True)
def dataset(context: typer.Context) -> None:
    """Look into a data set before anyone trains on it; fetch a public one; divide patients.

    \b
    Examples:
      python -m xray_core dataset inspect chest_xray
      python -m xray_core dataset inspect chest_xray adult_cxr --json
      python -m xray_core dataset sets
      python -m xray_core dataset fetch pneumoniamnist
      python -m xray_core dataset import films.zip
      python -m xray_core dataset split chest_xray --name mine --folds 5
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("inspect", epilog=NOTICE)
def inspect(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR", help="Folder, .zip, .tar.gz or MedMNIST .npz; several are joined."
        ),
    ],
    html: Report = None,
    csv: Report = None,
    out: Annotated[
        Path | None, typer.Option(metavar="F", help="Also write the whole audit as JSON.")
    ] = None,
    json: Json = False,
) -> None:
    """Audit a data set: what would make figures on it wrong, each with a verdict.

    Looked for are files that are no films, exact and near duplicates, patients in two splits,
    labels that contradict, imbalance, too little data, and whether the class can be told from what
    cannot be disease: file size and format, dimensions, the outer border, a 16-pixel thumbnail,
    sharpness, corner markers. Films are decoded once and remembered by content under XRAY_HOME.

    \b
    Examples:
      python -m xray_core dataset inspect chest_xray --html audit.html
      python -m xray_core dataset inspect films.zip --json

    \b
    With --json, one object on one line:
      classes {label: films}, splits {split: films}, patients,
      duplicates {exact_pairs, near_pairs}, leaks (patients with films in two splits),
      confounding {probe: AUC, cross-validated by patient; null where it cannot be measured},
      verdict (fine, warning, serious), findings [{check, title, verdict, sentence, films}]
    """
    from xray_core.datasets.audit import audit
    from xray_core.datasets.joined import join_datasets
    from xray_core.datasets.open import open_dataset

    opened = [open_dataset(folder, labelled=False, hashed=False) for folder in folders]
    with step_progress() as show:
        result = audit(join_datasets(opened), show)
    write_reports(result, html=html, csv=csv, json=out)
    if json:
        print_json(result.summary())
    else:
        print_text(audit_text(result))
        print_notice()


@app.command("sets", epilog=NOTICE)
def sets(json: Json = False) -> None:
    """List the public data sets, with their licences, and what has been imported.

    \b
    Example:
      python -m xray_core dataset sets

    \b
    With --json, one object on one line:
      public [{name, title, page, licence, licence_url, cite, size (bytes), fetched (whether it is
      here)}], imported [path under XRAY_HOME]
    """
    from xray_core.datasets.importing import imported_sets
    from xray_core.datasets.public_sets import PUBLIC_SETS

    fields = ("name", "title", "page", "licence", "licence_url", "cite", "size", "fetched")
    found = imported_sets()
    if json:
        public = [{field: getattr(one, field) for field in fields} for one in PUBLIC_SETS]
        print_json({"public": public, "imported": [str(path) for path in found]})
        return
    rows = [
        (p.name, p.title, p.licence, f"{p.size / 1e6:,.0f} MB" if p.url else f"by hand: {p.page}")
        for p in PUBLIC_SETS
    ]
    print_text(table([("NAME", "TITLE", "LICENCE", "SIZE"), *rows]))
    if found:
        print_text(["", "Under XRAY_HOME:", *(f"  {path}" for path in found)])
    print_notice()


@app.command("fetch", epilog=NOTICE)
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A set that `dataset sets` lists.")],
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the licence of the set.")
    ] = False,
) -> None:
    """Download a public data set, once; the path is printed. A download that broke off is resumed.

    The licence is shown first and must be accepted, by an answer or by --accept-licence.

    \b
    Examples:
      python -m xray_core dataset fetch pneumoniamnist
      python -m xray_core dataset fetch pneumoniamnist --accept-licence
    """
    from xray_core.cli.licence import accepted
    from xray_core.datasets.downloads import fetch_set
    from xray_core.datasets.public_sets import public_set

    public = public_set(name)
    agreed = accept or public.fetched or not public.url or accepted(public)
    path = fetch_set(public, accepted=agreed, progress=progress("Bytes fetched:"))
    print_text([str(path)])


@app.command("import", epilog=NOTICE)
def import_(
    archive: Annotated[Path, typer.Argument(metavar="F", help=".zip, .tar.gz or MedMNIST .npz.")],
) -> None:
    """Unpack an archive of films under XRAY_HOME/datasets, safely; the path is printed.

    \b
    Example:
      python -m xray_core dataset import films.zip
    """
    from xray_core.datasets.importing import import_archive

    with archive.open("rb") as content:
        path = import_archive(content, archive.name, progress("Films unpacked:"))
    print_text([str(path)])


app.command("split", epilog=NOTICE)(split)
