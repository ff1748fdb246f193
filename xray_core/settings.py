"""Paths and limits, from `XRAY_*` environment variables."""

import re
from functools import lru_cache
from pathlib import Path

from pydantic import ByteSize, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from xray_core.errors import ConfigError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SQLITE = "sqlite:///"
_SECRET = re.compile(r"(?<=://)(?!/)\S*(?=@)|(?<=[?&]password=)[^&\s]*", re.IGNORECASE)
"""User and password before the last `@` of an address, and a password among its arguments.

What follows `:///` is the path of a file, which may hold an `@`.
"""


class Settings(BaseSettings):
    """Where state lives and what a stranger's file may cost.

    Every field is read from the variable `XRAY_<NAME>`, for example `XRAY_HOME`.
    """

    model_config = SettingsConfigDict(env_prefix="XRAY_", frozen=True)

    home: Path = Field(PROJECT_ROOT / "workspace", description="All that is written goes here.")
    models_dir: Path = Field(PROJECT_ROOT / "models", description="The bundled model bundles.")
    max_file_bytes: ByteSize = Field(ByteSize(100 * 2**20), gt=0)
    max_pixels: int = Field(40_000_000, gt=0, description="Width times height, before decoding.")
    max_side: int = Field(20_000, gt=0)
    min_side: int = Field(64, gt=0)
    max_expansion: int = Field(
        1_000, gt=0, description="Decoded bytes per file byte: more is a decompression bomb."
    )
    decode_seconds: float = Field(
        20.0, gt=0, le=86_400, allow_inf_nan=False, description="A longer decode is ended."
    )
    decode_memory_bytes: ByteSize = Field(
        ByteSize(2 * 2**30), gt=0, description="Address space of the decoder process."
    )
    cache_bytes: ByteSize = Field(
        ByteSize(8 * 2**30), ge=0, description="Prepared training films kept on disk."
    )
    mlflow: str | None = Field(
        None, description="MLflow server or database; by default mlflow.db under XRAY_HOME."
    )
    dask_scheduler: str | None = Field(
        None, description="Address of a Dask scheduler; by default one is started here."
    )

    @field_validator("mlflow")
    @classmethod
    def _absolute(cls, where: str | None) -> str | None:
        """Make the path of a database absolute: the processes of jobs run in other folders."""
        if where is None or not where.startswith(SQLITE):
            return where
        return f"{SQLITE}{Path(where.removeprefix(SQLITE)).absolute()}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises:
        ConfigError: a variable has a value that is not allowed.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"XRAY_{first['loc'][0]}".upper()
        given = masked(repr(first["input"]))
        raise ConfigError(f"{name} is {given}: {first['msg']}.") from error


def masked(text: str) -> str:
    """Return text without what the addresses in it say of user and password.

    The address of a database or server is a setting, and what fails there names it; the sentence is
    shown on a page and kept with a job. Mask first and cut afterwards: a cut address has no `@`.
    """
    return _SECRET.sub("…", text)
