"""Every failure a user can meet, as one tree.

XrayError
├── FilmError            about one file
│   ├── UnreadableFilm   the bytes cannot be decoded, or are over a limit
│   └── UnsuitableFilm   readable, but not a film that the model has any business reading
├── DatasetError         a folder or archive of films
├── BundleError          a saved model
├── ConfigError          a setting or training configuration
├── TrainingError        a training run that cannot go on
├── TrackingError        the store of runs cannot be read or written
├── PromotionError       a champion that cannot be put in charge, or not like this
├── JobError             a job that is not there, or cannot do what was asked of it
├── ExplanationError     an explanation that cannot be made
└── DownloadError        a public file that could not be fetched or verified

Each message is one sentence that says what was received and what is allowed. Pages and the command
line show `str(error)` as it is.
"""


class XrayError(Exception):
    """Any failure that a user can cause or meet; `str()` is one sentence fit to be shown."""


class FilmError(XrayError):
    """A failure about one file.

    Attributes:
        source: name of the file, as the user knows it.
        reason: the sentence without the file's name in front.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason

    def __reduce__(self) -> tuple[type["FilmError"], tuple[str, str]]:
        """Pickle by the two arguments: the decoder raises these in a process of its own."""
        return type(self), (self.source, self.reason)


class UnreadableFilm(FilmError):
    """The file cannot be decoded, or is over a limit."""


class DecodeTimeout(UnreadableFilm):
    """The decoder had no time, or could not begin: at another time the file may well be read."""


class UnsuitableFilm(FilmError):
    """The file can be read but is not a frontal chest radiograph that a model may read."""


class DatasetError(XrayError):
    """A folder or archive cannot be used as a data set."""


class BundleError(XrayError):
    """A saved model is missing, damaged, not trusted or not of a kind that may be loaded."""


class ConfigError(XrayError):
    """A setting or a training configuration is not valid."""


class TrainingError(XrayError):
    """A training run cannot start or go on."""


class TrackingError(XrayError):
    """The store of runs cannot be read or written."""


class PromotionError(XrayError):
    """A model cannot be made the champion, or not without what is asked for."""


class JobError(XrayError):
    """A job is not there, or cannot do what was asked of it."""


class ExplanationError(XrayError):
    """An explanation cannot be made of this film with these parameters."""


class DownloadError(XrayError):
    """A public file could not be fetched or does not have the published checksum."""
