"""A licence shown, and the answer to it."""

import sys
from typing import TYPE_CHECKING

from xray_core.errors import DownloadError

if TYPE_CHECKING:
    from xray_core.datasets.public_sets import PublicSet


def accepted(public: "PublicSet") -> bool:
    """Show the licence on standard error and ask.

    Raises:
        DownloadError: nobody is there to answer.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise DownloadError(
            f"{public.title} ({public.size / 1e6:,.0f} MB from {public.page}) is under "
            f"{public.licence}, {public.licence_url}, cite {public.cite}; accept the licence with "
            "--accept-licence."
        )
    words = (
        f"{public.title}\n"
        f"  from     {public.page}, {public.size / 1e6:,.0f} MB\n"
        f"  licence  {public.licence}, {public.licence_url}\n"
        f"  cite     {public.cite}\n"
        "Do you accept the licence? [y/N] "
    )
    print(words, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
