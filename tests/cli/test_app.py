"""Every command teaches, and fails with one sentence."""

import os
import subprocess
import sys

import pytest
import typer

from xray_core.cli import main
from xray_core.cli.app import COMMANDS, app
from xray_core.notice import NOTICE
from xray_core.settings import PROJECT_ROOT, settings


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


def test_a_setting_that_is_not_allowed_is_one_sentence(home, monkeypatch, capsys):
    monkeypatch.setenv("XRAY_MAX_PIXELS", "many")
    settings.cache_clear()
    assert main(["models"]) == 2
    assert capsys.readouterr().err.startswith("XRAY_MAX_PIXELS is 'many': ")


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (ValueError("one\ntwo"), "an unexpected ValueError stopped this command: one two\n"),
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


def test_the_commands_are_those_of_the_list():
    assert [info.name for info in app.registered_commands] == [name for name, _ in COMMANDS]
