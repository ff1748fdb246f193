"""Every command teaches, and fails with one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from xray_core.cli import main
from xray_core.cli.app import COMMANDS, app
from xray_core.errors import XrayError
from xray_core.notice import NOTICE
from xray_core.settings import PROJECT_ROOT, settings

FULL = Path("/dev/full")


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_help_shows_examples_and_the_notice(name, capsys):
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"python -m xray_core {name}" in out
    assert "Example" in out
    assert out.rstrip().endswith(NOTICE)


def test_without_a_command_the_overview_is_shown(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    for name, _ in COMMANDS:
        assert f"  {name} " in out
    assert out.rstrip().endswith(NOTICE)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'."),
        (["predict", "--fast", "x.png"], "No such option: --fast"),
        (["explain", "x.png", "--samples", "many"], "Invalid value for '--samples'"),
        (["explain", "x.png", "--samples", "3"], "samples 3 is not a whole number from 10"),
        (["explain", "x.png", "--hide", "fog"], "hide 'fog' is not one of mean, black, blur."),
        (["evaluate", "/no/such/folder"], "/no/such/folder"),
        (["predict", "x.png", "--model", ""], "--model is empty; allowed is a name that `models`"),
        (["explain", "x.png", "--model", " "], "--model is empty; allowed is a name that `models`"),
        (["train", "--config", "/no/such/file.json"], "/no/such/file.json cannot be read"),
        (["phantom", "--out", "x", "--n", "0"], "Invalid value for '--n'"),
        (["phantom", "--out", "/dev/null/x"], "/dev/null/x"),
        (["split", "/no/such/folder", "--out", "x.csv"], "/no/such/folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(arguments, sentence, home, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XRAY_MAX_PIXELS", "many"),
        ("XRAY_DECODE_SECONDS", "inf"),
        ("XRAY_DECODE_SECONDS", "nan"),
        ("XRAY_DECODE_SECONDS", "-1"),
        ("XRAY_DECODE_SECONDS", "1e300"),
    ],
)
def test_a_setting_that_is_not_allowed_is_one_sentence(name, value, home, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert main(["models"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{name} is '{value}': ") and said.count("\n") == 1


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (ValueError("one\ntwo"), "an unexpected ValueError stopped this command: one two\n"),
        (KeyError("db://u:p@h"), "an unexpected KeyError stopped this command: 'db://…@h'\n"),
        (XrayError("a\x1b[31m\u202eb\udc80."), "a?[31m?b?.\n"),
        (PermissionError(13, "Permission denied", "out/x"), "out/x: Permission denied.\n"),
        (typer.Exit(130), "interrupted.\n"),
        (KeyboardInterrupt(), "interrupted.\n"),
    ],
)
def test_no_failure_whatever_shows_a_traceback(failure, sentence, monkeypatch, capsys):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr("xray_core.bundle.list_bundles", fail)
    assert main(["models"]) == 2
    assert capsys.readouterr().err == sentence


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("arguments", [["models", "--json"], ["predict", "--help"]])
def test_a_reader_who_has_seen_enough_is_exit_2_and_one_sentence(arguments, home):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "xray_core", *arguments]
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert done.returncode == 2
    assert done.stderr == "standard output was closed before all was written.\n"


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["networks", "--json"], ["networks"], ["--help"]])
def test_a_full_disk_is_exit_2_and_one_sentence(arguments, home):
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xray_core", *arguments], cwd=PROJECT_ROOT, env=buffered,
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "No space left on device.\n"


def test_the_commands_are_those_of_the_list():
    assert [info.name for info in app.registered_commands] == [name for name, _ in COMMANDS]


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows cannot close a stream")
@pytest.mark.parametrize("arguments", ["models --json", "--help"])
def test_a_closed_standard_output_is_exit_2_and_one_sentence(arguments, home):
    command = f'"{sys.executable}" -m xray_core {arguments} >&-'
    done = subprocess.run(
        command, shell=True, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "standard output is closed; that is where results go.\n"


@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows cannot close a stream")
def test_a_closed_standard_error_puts_no_sentence_into_the_json(tiny_bundle, phantom_file):
    command = f'"{sys.executable}" -m xray_core predict no.png {phantom_file()} --json 2>&-'
    done = subprocess.run(
        command, shell=True, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 2
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["error", "ok"]


@pytest.mark.skipif(os.name == "nt", reason="needs a folder that nobody can write to")
def test_a_home_that_cannot_be_written_to_is_not_talked_about(tiny_bundle, phantom_file):
    command = [sys.executable, "-m", "xray_core", "explain", str(phantom_file()), "--json"]
    unset = {"MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
    environment = {k: v for k, v in os.environ.items() if k not in unset} | {"HOME": "/dev/null"}
    done = subprocess.run(
        [*command, "--samples", "20"],
        cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert json.loads(done.stdout)["samples"] == 20
