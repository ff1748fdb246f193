"""What all parts of a manifest are, and what a bundle may be called."""

from pydantic import BaseModel, ConfigDict

NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"
"""What a bundle may be called: it is the name of its folder too."""
NAME_IN_WORDS = (
    "small letters, digits, dots, hyphens and underscores, a letter or digit first, at most 64"
)


class Frozen(BaseModel):
    """A part of a manifest: it never changes, and holds nothing that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
