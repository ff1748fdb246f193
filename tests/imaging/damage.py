"""What the reader says of damaged files."""

import pytest

from xray_core.errors import UnreadableFilm
from xray_core.imaging.reader import read_radiograph

END_MARK_MISSING = ("The end mark of the file is missing, but its picture is complete.",)


def refusal(data: bytes) -> str:
    """Return the sentence by which a file is refused."""
    with pytest.raises(UnreadableFilm) as caught:
        read_radiograph(data, "film")
    return str(caught.value)
