"""`train`: from a configuration to a bundle."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import print_notice, print_text, progress

if TYPE_CHECKING:
    from xray_core.training.fit import EpochRecord
    from xray_core.training.segmenter.fit import SegmenterEpoch


def train(
    config: Annotated[
        Path, typer.Option(metavar="F", help="JSON configuration, such as configs/bundled.json.")
    ],
) -> None:
    """Train a network as a configuration says: a classifier, or a segmenter that finds the lungs.

    The result is a bundle with its card. The configuration names everything that decides the run,
    its data folders included; the same configuration, data and seed give the same run. A run that
    was interrupted goes on when the command is given again. Progress goes to standard error.

    \b
    Examples:
      python -m xray_core train --config configs/bundled.json
      python -m xray_core train --config configs/lungs.json
    """
    from xray_core.training.segmenter.config import is_segmenter

    folder = _train_segmenter(config) if is_segmenter(config) else _train_classifier(config)
    print_text([str(folder)])
    print_notice()


def _train_classifier(config: Path) -> Path:
    from xray_core.training.config import TrainingConfig

    settings = TrainingConfig.read(config)
    from xray_core.training.run import train as run

    return run(settings, on_load=progress("Films read:"), on_epoch=_show_epoch, log=_log)


def _train_segmenter(config: Path) -> Path:
    from xray_core.training.segmenter.config import SegmenterConfig

    settings = SegmenterConfig.read(config)
    from xray_core.training.segmenter.run import train_segmenter as run

    return run(settings, on_load=progress("Films read:"), on_epoch=_show_segmenter_epoch, log=_log)


def _show_epoch(record: "EpochRecord", epochs: int) -> None:
    _log(
        f"epoch {record.epoch:>3} of {epochs}  loss {record.loss:.4f}  "
        f"validation loss {record.validation_loss:.4f}  AUC {record.validation_auc:.4f}"
    )


def _show_segmenter_epoch(record: "SegmenterEpoch", epochs: int) -> None:
    _log(
        f"epoch {record.epoch:>3} of {epochs}  loss {record.loss:.4f}  "
        f"validation Dice {record.validation_dice:.4f}"
    )


def _log(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
