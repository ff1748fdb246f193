"""Weights that Keras publishes, learnt on ImageNet, and the download of them."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from xray_core.errors import DownloadError

PUBLISHED = "https://storage.googleapis.com/tensorflow/keras-applications/"
LICENCE = "Keras Applications, trained on ImageNet; see keras.io/api/applications"


@dataclass(frozen=True)
class KerasWeights:
    """A file of weights without a head, as `keras.applications` downloads it.

    Attributes:
        path: of the file, below where Keras publishes them.
        checksum: MD5 or SHA-256 of the file, as Keras states it.
        licence: of the weights, and whose they are.
    """

    path: str
    checksum: str
    licence: str = LICENCE

    @property
    def file(self) -> str:
        """Name of the file, in Keras' own store too."""
        return self.path.rsplit("/", 1)[-1]

    def fetch(self) -> Path:
        """Return the file: from Keras' own store (`~/.keras/models`), or downloaded into it.

        Raises:
            DownloadError: it is not there and cannot be downloaded, or is not the published one.
        """
        import keras

        try:
            with redirect_stdout(sys.stderr):  # Keras draws its progress bar on standard output
                return Path(
                    keras.utils.get_file(
                        self.file,
                        PUBLISHED + self.path,
                        cache_subdir="models",
                        file_hash=self.checksum,
                    )
                )
        except Exception as error:  # Keras raises a plain Exception without a network
            raise DownloadError(
                f"the ImageNet weights {self.file} cannot be downloaded (is there a network?); "
                "give that file itself, weights of your own or an installed model to start from, "
                "or start from random weights."
            ) from error
