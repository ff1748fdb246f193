"""What a choice means: the description of its field, or its line in the class's docstring."""

import re
from functools import lru_cache

from pydantic import BaseModel

WORDS = {
    "best": "Epoch that is kept",
    "by": "Divided by",
    "crop": "Crop to",
    "kind": "Layers that are trained",
    "rate": "Learning rate",
    "rate_steps": "Epochs after which the rate is lowered",
    "start": "Start from",
    "teacher": "Taught by",
    "transfer": "Layers that are trained",
}
"""Fields whose name alone does not say what they are."""
NAMED = re.compile(r"^ {8}(\w+): ", re.MULTILINE)


def help_of(model: type[BaseModel], name: str) -> str | None:
    """Return what is said of a field of a model, or None."""
    return model.model_fields[name].description or _attributes(model).get(name)


def words_of(name: str) -> str:
    """Return the name of a field as it stands above its widget."""
    return WORDS.get(name) or name.replace("_", " ").capitalize()


@lru_cache(maxsize=64)
def _attributes(model: type[BaseModel]) -> dict[str, str]:
    """Return the lines of the section `Attributes` of a class's docstring by the field's name."""
    _, _, section = (model.__doc__ or "").partition("Attributes:")
    parts = NAMED.split(section)
    texts = (" ".join(text.split()) for text in parts[2::2])
    return {
        name: text[:1].upper() + text[1:] for name, text in zip(parts[1::2], texts, strict=True)
    }
