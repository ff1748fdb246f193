"""`networks`: what can be trained."""

from typing import TYPE_CHECKING

from xray_core.cli.output import Json, print_json, print_text, table

if TYPE_CHECKING:
    from xray_core.networks.spec import NetworkSpec


def networks(json: Json = False) -> None:
    """List the networks that can be trained.

    Those that are marked may start from weights learnt on ImageNet. Any of them may start from a
    file of weights or from an installed model of the same network.

    \b
    Examples:
      python -m xray_core networks
      python -m xray_core networks --json

    \b
    With --json, one array of objects:
      name, title, description, input_size, pretrained (true or false)
    """
    from xray_core.networks.registry import NETWORKS

    if json:
        print_json([_record(spec) for spec in NETWORKS])
        return
    rows = [("NAME", "INPUT", "IMAGENET", "TITLE")]
    print_text(table([*rows, *map(_row, NETWORKS)]))


def _record(spec: "NetworkSpec") -> dict[str, object]:
    return {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "input_size": spec.input_size,
        "pretrained": spec.pretrained is not None,
    }


def _row(spec: "NetworkSpec") -> tuple[str, ...]:
    return spec.name, f"{spec.input_size} px", "yes" if spec.pretrained else "", spec.title
