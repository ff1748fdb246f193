"""A file's name, made fit to be shown."""

import re

MAX_NAME = 80


def display_name(source: str) -> str:
    """Return the file's name without folders, without control characters, at most 80 long.

    Names come from strangers: a name may hold line feeds, terminal escapes or characters that
    reverse the writing direction, and would otherwise forge what stands around it.
    """
    name = re.split(r"[/\\]", source.rstrip("/\\"))[-1]
    name = "".join(c if c.isprintable() else "�" for c in name).strip()
    if len(name) > MAX_NAME:
        name = f"{name[: MAX_NAME - 20]}…{name[-19:]}"
    return name or "unnamed file"
