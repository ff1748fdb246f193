"""What must be known of the films of a comparison to read its files, in sentences."""

from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.counted import COUNTED
from xray_core.evaluation.result import ModelResult


def left_out_in_words(model: ModelResult) -> str:
    """Return which films a model left out or counted all the same; nothing where it did neither."""
    out = model.to_json()
    parts = [f"{out[key]:,} {words}" for key, words in COUNTED if out[key]]
    return f"{model.name}: {'; '.join(parts)}." if parts else ""


def is_phantom(comparison: Comparison, row: int) -> bool | None:
    """Tell whether a film is a phantom; None where no model read it, so that nobody knows."""
    scores = [model.contender.scores[row] for model in comparison.models]
    read = [score for score in scores if score is not None and score.probabilities is not None]
    return any(score.synthetic for score in read) if read else None
