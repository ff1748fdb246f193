"""Public data sets, with where they come from and under which licence."""

from dataclasses import dataclass
from pathlib import Path

from xray_core.errors import DownloadError
from xray_core.settings import settings


@dataclass(frozen=True)
class PublicSet:
    """One public data set.

    Attributes:
        name: short name, as `dataset fetch` takes it.
        title: what it is, one line.
        page: address of its description, for a person.
        licence: name of its licence.
        licence_url: where the licence can be read.
        cite: whom to cite.
        url: address of the file; empty where it can only be fetched by hand.
        file: name of the file.
        size: its length in bytes.
        md5: its published MD5, hexadecimal.
    """

    name: str
    title: str
    page: str
    licence: str
    licence_url: str
    cite: str
    url: str = ""
    file: str = ""
    size: int = 0
    md5: str = ""

    @property
    def path(self) -> Path:
        """Where it is kept once fetched."""
        return settings().home / "datasets" / self.file

    @property
    def fetched(self) -> bool:
        """Whether a file of its length is there; its checksum was verified before it came there."""
        return bool(self.file) and self.path.is_file() and self.path.stat().st_size == self.size


PUBLIC_SETS = (
    PublicSet(
        name="pneumoniamnist",
        title="PneumoniaMNIST, 224 px: 5,856 films of children, normal or pneumonia",
        page="https://zenodo.org/records/10519652",
        licence="CC BY 4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        cite="Yang et al. 2023, doi 10.1038/s41597-022-01721-8; Kermany et al. 2018",
        url="https://zenodo.org/records/10519652/files/pneumoniamnist_224.npz?download=1",
        file="pneumoniamnist_224.npz",
        size=214_384_716,
        md5="d6a3c71de1b945ea11211b03746c1fe1",
    ),
    PublicSet(
        name="kermany",
        title="Kermany 2018, full size: 5,856 films of children, normal, bacterial, viral",
        page="https://doi.org/10.17632/rscbjbr9sj",
        licence="CC BY 4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        cite="Kermany, Zhang, Goldbaum 2018, Mendeley Data, doi 10.17632/rscbjbr9sj",
    ),
)
"""PneumoniaMNIST holds no patients' names, so that none of its films is known to be of one patient
with another. The page of Kermany 2018 gives no lasting address and checksum of the archive."""


def public_set(name: str) -> PublicSet:
    """Return the public set of that name; the name of its file is understood too.

    Raises:
        DownloadError: there is none.
    """
    for known in PUBLIC_SETS:
        if name in (known.name, known.file) or (known.file and name == Path(known.file).stem):
            return known
    names = ", ".join(known.name for known in PUBLIC_SETS)
    raise DownloadError(f"there is no public set called {name!r}; allowed are {names}.")
