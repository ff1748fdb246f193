"""What stands behind the counts of films in a result, in words."""

COUNTED = (
    ("refused", "refused as no film that the model may judge, and left out"),
    ("errors", "could not be read, and left out"),
    ("unscored", "left out: their label has no place among the model's classes"),
    ("abstained", "counted, although the model would abstain"),
)
"""By the keys of a result."""
