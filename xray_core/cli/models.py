"""`models`: what is installed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from xray_core.cli.output import Json, decimal, print_json, print_notice, print_text, table

if TYPE_CHECKING:
    from xray_core.bundle import BundleInfo


def models(
    all_kinds: Annotated[
        bool, typer.Option("--all", help="Also models that are not classifiers.")
    ] = False,
    json: Json = False,
) -> None:
    """List the installed classifiers.

    The champion (*) comes first: it gives the opinions by default. With --all also what finds the
    lungs, which has no classes.

    \b
    Examples:
      python -m xray_core models
      python -m xray_core models --all --json

    \b
    With --json, one array of objects:
      name, kind, sha256, classes, champion, metrics {films: figures}
    """
    from xray_core.bundle import list_bundles

    found = [info for info in list_bundles() if all_kinds or info.kind == "classifier"]
    if json:
        print_json([_record(info) for info in found])
        return
    if found:
        rows = [("", "NAME", "KIND", "CLASSES", "SHA-256", "INTERNAL TEST")]
        print_text(table([*rows, *map(_row, found)]))
    else:
        print_text(["No model is installed, so there is no opinion; train or import one."])
    print_notice()


def _record(info: "BundleInfo") -> dict[str, object]:
    return {
        "name": info.name,
        "kind": info.kind,
        "sha256": info.sha256,
        "classes": [output.name for output in info.manifest.outputs],
        "champion": info.champion,
        "metrics": info.manifest.metrics,
    }


def _row(info: "BundleInfo") -> tuple[str, ...]:
    classes = ", ".join(output.name for output in info.manifest.outputs)
    return (
        "*" if info.champion else "",
        info.name,
        info.kind,
        classes,
        f"{info.sha256[:12]}…",
        _internal_test(info.manifest.metrics),
    )


def _internal_test(metrics: dict[str, dict[str, Any]]) -> str:
    """Return the AUC of a classifier, or the Dice of the first films that a segmenter has it of."""
    for key, figures in metrics.items():
        if key.split("/")[0] == "internal_test":
            for title in ("AUC", "Dice"):
                name = title.lower()
                if figures.get(name) is not None:
                    return f"{title} {decimal(figures[name], figures.get(f'{name}_ci'))}"
    return ""
