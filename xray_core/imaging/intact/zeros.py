"""WebP and JPEG 2000: codes without a checksum, in which many zeros mean a lost part.

Zeros are what a copy that broke off, or a bad sector, leaves behind. No other damage to these codes
can be known: a decoder makes a picture of any bits.
"""

import struct

from xray_core.imaging.intact.damage import CORRUPT, END_EARLY, Damaged

_MANY = 128
_MOST_IN_JPEG2000 = 256
_WEBP_PICTURES = (b"VP8 ", b"VP8L")
_END_OF_CODESTREAM = b"\xff\xd9"

MANY_ZEROS = "The picture data hold many zeros in a row; a part of the picture may be lost."


def check_webp(data: bytes) -> tuple[str, ...]:
    """Return a warning where the picture data of a WebP file hold many zeros in a row.

    RFC 9649, 2.3: chunks of a RIFF container. A large black border may look so too, hence no
    refusal.
    """
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        code = data[at + 8 : at + 8 + length]
        if kind in _WEBP_PICTURES and bytes(_MANY) in code:
            return (MANY_ZEROS,)
        at += 8 + length + length % 2
    return ()


def check_jpeg2000(frame: bytes) -> None:
    """Check a JPEG 2000 codestream that was decoded.

    Empty packets are zeros, one byte each; films with large black borders, in small precincts and
    in 20 quality layers, have fewer than 60 of them on end.

    Raises:
        Damaged: zeros stand where its picture was.
    """
    code = frame.rstrip(b"\0").removesuffix(_END_OF_CODESTREAM)
    found = code.find(bytes(_MOST_IN_JPEG2000))
    if found >= 0:
        raise Damaged(CORRUPT if any(code[found:]) else END_EARLY)
