"""Text that a spreadsheet shows and does not run."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a file may be called `=1+1.png`.

    An apostrophe stands before what begins like one (CWE-1236).
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
