"""A published run in words: what was reported of it, and what it does not state."""

from xray_core.training.presets import Preset

FIGURES = {
    "accuracy": "accuracy",
    "validation_accuracy": "accuracy on its own validation films",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "normal_recall": "recall of normal films",
    "normal_f1": "F1 of normal films",
}


def words_of(preset: Preset) -> str:
    """Return who published a run, with which figures, and what was chosen here."""
    published = preset.published
    figures = [
        f"{name} {100 * value:.1f} %"
        for field, name in FIGURES.items()
        if (value := getattr(published, field)) is not None
    ]
    said = (
        f"Published by {preset.source}, on {published.films}: {', '.join(figures) or 'no figure'}."
    )
    chosen = ", ".join(preset.chosen).replace("_", " ")
    stated = f" Not stated there and chosen here: {chosen}." if chosen else ""
    return f"{said} {published.remark}{stated}".replace("  ", " ")
