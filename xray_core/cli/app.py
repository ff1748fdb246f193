"""The commands together, and what every one of them does when it fails."""

import os
import sys
from collections.abc import Callable, Sequence

import typer
from typer.exceptions import TyperException

from xray_core.cli import (
    compare,
    dataset,
    evaluate,
    explain,
    jobs,
    models,
    networks,
    phantom,
    predict,
    promote,
    search,
    split,
    train,
)
from xray_core.cli.audit_text import plain
from xray_core.errors import XrayError
from xray_core.notice import NOTICE
from xray_core.settings import masked

FAILED = 2

COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("predict", predict.predict),
    ("explain", explain.explain),
    ("evaluate", evaluate.evaluate),
    ("compare", compare.compare),
    ("train", train.train),
    ("search", search.search),
    ("promote", promote.promote),
    ("rollback", promote.rollback),
    ("networks", networks.networks),
    ("phantom", phantom.phantom),
    ("split", split.split),
)

app = typer.Typer(
    name="python -m xray_core",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=NOTICE,
)
for _name, _command in COMMANDS:
    app.command(_name, epilog=NOTICE)(_command)
app.add_typer(models.app, name="models", epilog=NOTICE)
app.add_typer(jobs.app, name="jobs", epilog=NOTICE)
app.add_typer(dataset.app, name="dataset", epilog=NOTICE)


@app.callback(invoke_without_command=True)
def _overview(context: typer.Context) -> None:
    """Kerley reads frontal chest X-rays: normal, bacterial or viral pneumonia, COVID-19.

    \b
    Try it without a film of your own:
      python -m xray_core phantom --n 4 --seed 1 --out phantoms
      python -m xray_core predict phantoms/*/*.png
      python -m xray_core explain phantoms/BACTERIAL/*.png --out why

    Every command tells more with --help. The exit code is 0, or 2 with one sentence on standard
    error. With --json, standard output holds JSON and nothing else.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, or 2 with one sentence on standard error.

    Args:
        arguments: without the program's name; by default those of the process.
    """
    if sys.stdout is None:
        return _fail("standard output is closed; that is where results go.")
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except XrayError as error:
        return _fail(str(error))
    except TyperException as error:
        return _fail(error.format_message())
    except (BrokenPipeError, SystemExit):  # `predict … | head -1` has seen enough
        # Typer makes SystemExit(1) of a closed pipe, and of nothing else when not standalone.
        _drop_output()
        return _fail("standard output was closed before all was written.")
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:  # a full disk: the interpreter would try once more, and say so
            _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}.")
    except Exception as error:  # no traceback ever: what is left is a defect of the software
        said = masked(f"an unexpected {type(error).__name__} stopped this command: {error}")
        return _fail(said[:400])
    return _fail("interrupted.") if code else 0


def _drop_output() -> None:
    """Let nobody write what standard output still holds."""
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115


def _fail(sentence: str) -> int:
    if sys.stderr is not None:  # print would take standard output instead
        print(plain(" ".join(sentence.split())), file=sys.stderr)
    return FAILED
