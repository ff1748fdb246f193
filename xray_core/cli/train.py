"""`train`: from a configuration to a bundle."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import print_notice, print_text, progress

if TYPE_CHECKING:
    from xray_core.training.fit import EpochRecord


def train(
    config: Annotated[
        Path, typer.Option(metavar="F", help="JSON configuration, such as configs/bundled.json.")
    ],
) -> None:
    """Train a network as a configuration says.

    The result is a bundle with its card. The configuration names everything that decides the run,
    its data folders included; the same configuration, data and seed give the same run. A run that
    was interrupted goes on when the command is given again. Progress goes to standard error.

    \b
    Example:
      python -m xray_core train --config configs/bundled.json
    """
    from xray_core.training.config import TrainingConfig

    settings = TrainingConfig.read(config)
    from xray_core.training.run import train as run

    folder = run(
        settings,
        on_load=progress("Films read:"),
        on_epoch=_show_epoch,
        log=lambda sentence: print(sentence, file=sys.stderr, flush=True),
    )
    print_text([str(folder)])
    print_notice()


def _show_epoch(record: "EpochRecord", epochs: int) -> None:
    print(
        f"epoch {record.epoch:>3} of {epochs}  loss {record.loss:.4f}  "
        f"validation loss {record.validation_loss:.4f}  AUC {record.validation_auc:.4f}",
        file=sys.stderr,
        flush=True,
    )
