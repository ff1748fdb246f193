"""`networks`: what can be trained."""

import json

from xray_core.cli import main
from xray_core.networks.registry import NETWORKS


def test_json_is_one_array_with_the_facts_of_each_network(capsys):
    assert main(["networks", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    listed = json.loads(line)
    assert [found["name"] for found in listed] == [spec.name for spec in NETWORKS]
    for found in listed:
        assert list(found) == ["name", "title", "description", "input_size", "pretrained"]
    (separable,) = [found for found in listed if found["name"] == "cnn-separable"]
    assert (separable["input_size"], separable["pretrained"]) == (150, False)
    assert next(f for f in listed if f["name"] == "densenet121")["pretrained"] is True


def test_text_has_one_line_a_network(capsys):
    assert main(["networks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", *(spec.name for spec in NETWORKS)]
