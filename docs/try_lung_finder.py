"""What the installed lung finder says of changed validation films.

    python docs/try_lung_finder.py

Prints the trials of its card, and those that came later: of each change the share of films whose
pair of lungs is called plausible, and of changes that must do no harm the mean Dice. The films are
those of `configs/lungs.json`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.datasets.splits import VALIDATION
from xray_core.lungs.finder import load_lung_finder
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.figures import score_trials
from xray_core.training.segmenter.films import load_masked_films


def main() -> None:
    """Print a line of each trial."""
    config = SegmenterConfig.read(Path("configs/lungs.json"))
    films = load_masked_films(config)[VALIDATION]
    for name, found in score_trials(load_lung_finder(), films, config.seed).items():
        dice = f", Dice {found['dice']:.3f}" if "dice" in found else ""
        print(f"{name}: {found['plausible']:.1%} of {found['n']}{dice}")


if __name__ == "__main__":
    main()
