"""`models`: what is installed; write one out, take one in."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import Json, print_json, print_notice, print_text, table
from xray_core.notice import NOTICE

if TYPE_CHECKING:
    from xray_core.bundle import BundleInfo

app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})


@app.callback(invoke_without_command=True)
def models(
    context: typer.Context,
    all_kinds: Annotated[
        bool, typer.Option("--all", help="Also models that are not classifiers.")
    ] = False,
    json: Json = False,
) -> None:
    """List the installed classifiers.

    The champion (*) comes first: it gives the opinions by default. A model that was promoted
    although its gate had failed has the mark !, and below stands why. With --all also what finds
    the lungs, which has no classes.

    \b
    Examples:
      python -m xray_core models
      python -m xray_core models --all --json
      python -m xray_core models export kerley-lite-28 --out kerley-lite-28.zip
      python -m xray_core models import kerley-lite-28.zip

    \b
    With --json, one array of objects:
      name, kind, sha256, classes, champion, metrics {films: figures},
      overrides [what stands on its card for good, where its gate had failed]
    """
    if context.invoked_subcommand is not None:
        return
    from xray_core.bundle import list_bundles

    found = [info for info in list_bundles() if all_kinds or info.kind == "classifier"]
    if json:
        print_json([_record(info) for info in found])
        return
    if found:
        rows = [("", "NAME", "KIND", "CLASSES", "SHA-256", "INTERNAL TEST")]
        print_text(table([*rows, *map(_row, found)]))
        print_text(f"! {info.name}: {said}" for info in found for said in _overrides(info))
    else:
        print_text(["No model is installed, so there is no opinion; train or import one."])
    print_notice()


@app.command("export", epilog=NOTICE)
def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that `models --all` lists.")],
    out: Annotated[
        Path, typer.Option(metavar="PATH", help="A zip where it ends in .zip, or else a folder.")
    ],
    json: Json = False,
) -> None:
    """Write a model as a folder or zip that the Hugging Face Hub takes as a model repository.

    The card (README.md with its YAML head) lies at the top; .gitattributes marks the large files;
    `sha256sum -c SHA256SUMS` checks the rest, and the SHA-256 of SHA256SUMS is that of the model.
    Where it was promoted although its gate had failed, PROMOTIONS.md says so.

    \b
    Examples:
      python -m xray_core models export kerley-lite-28 --out kerley-lite-28.zip
      python -m xray_core models export kerley-lite-28 --out to-the-hub/

    \b
    With --json, one object: name, kind, sha256, path
    """
    from xray_core.bundle.export import export_bundle
    from xray_core.bundle.store import find_any
    from xray_core.promotion.override_words import promotions_md

    info = find_any(name)
    path = export_bundle(info, out, promotions_md(info.name, info.sha256))
    if json:
        found = {"name": info.name, "kind": info.kind, "sha256": info.sha256, "path": str(path)}
        print_json(found)
        return
    print_text([str(path), f"SHA-256 of the model: {info.sha256}"])
    print_text(["Whoever imports it is asked for this hash; send it by another route."])
    print_notice()


@app.command("import", epilog=NOTICE)
def import_(
    source: Annotated[
        Path, typer.Argument(metavar="PATH", help="A zip or folder that `models export` wrote.")
    ],
    sha256: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="SHA-256 of the model, as whoever made it has told you."),
    ] = None,
    json: Json = False,
) -> None:
    """Take in a model from elsewhere, once its SHA-256 was confirmed; the champion stays.

    Names, sizes, hashes, layer types and operations are checked, no code of it is run, and nothing
    is written outside its folder. Without --sha256 it only says what the file holds.

    \b
    Examples:
      python -m xray_core models import kerley-lite-28.zip
      python -m xray_core models import kerley-lite-28.zip --sha256 4e33ecf61ecc…

    \b
    With --json, one object: name, kind, sha256, installed, path
    """
    from xray_core.promotion.install import inspect, install

    if sha256 is None:
        found = inspect(source, source.name)
        name, kind, whole, path = found.name, found.kind, found.sha256, None
    else:
        info = install(source, source.name, sha256)
        name, kind, whole, path = info.name, info.kind, info.sha256, str(info.path)
    if json:
        installed = {"installed": path is not None, "path": path}
        print_json({"name": name, "kind": kind, "sha256": whole} | installed)
        return
    if path is None:
        print_text(
            [
                f"{name} ({kind}) can be imported. SHA-256: {whole}",
                "It is not trusted yet. Compare this hash with the one that whoever made the model "
                "gives,",
                f"then: python -m xray_core models import {shlex.quote(str(source))} "
                f"--sha256 {whole}",
            ]
        )
    else:
        print_text([path, f"{name} ({kind}) is trusted now; SHA-256 {whole}"])
    print_notice()


def _record(info: "BundleInfo") -> dict[str, object]:
    return {
        "name": info.name,
        "kind": info.kind,
        "sha256": info.sha256,
        "classes": [output.name for output in info.manifest.outputs],
        "champion": info.champion,
        "metrics": info.manifest.metrics,
        "overrides": list(_overrides(info)),
    }


def _overrides(info: "BundleInfo") -> tuple[str, ...]:
    from xray_core.promotion.override_words import overrides_in_words

    return overrides_in_words(info.sha256)


def _row(info: "BundleInfo") -> tuple[str, ...]:
    from xray_core.bundle.headline import headline

    classes = ", ".join(output.name for output in info.manifest.outputs)
    return (
        "*" * info.champion + "!" * bool(_overrides(info)),
        info.name,
        info.kind,
        classes,
        f"{info.sha256[:12]}…",
        headline(info.manifest),
    )
