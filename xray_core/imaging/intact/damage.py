"""What a check says of picture data that are not whole."""

END_EARLY = "its picture data end early"
CORRUPT = "its picture data are corrupt"
END_MARK_MISSING = "The end mark of the file is missing, but its picture is complete."


class Damaged(Exception):
    """Picture data are not whole; `str()` says in what way, as part of a sentence."""
