"""When the app starts: jobs that nobody works on are put right, without anybody asking."""

import logging
import threading

import streamlit as st

from xray_core.errors import ConfigError, XrayError
from xray_core.settings import settings

AFTER_SECONDS = 20.0
"""The first film is read first."""
_log = logging.getLogger("kerley")


@st.cache_resource(show_spinner=False)
def wake() -> None:
    """Recover jobs once for this server, in the background, where there ever was one.

    Raises:
        ConfigError: a setting has a value that is not allowed, or the home cannot be looked into.
    """
    home = settings().home
    try:
        known = (home / "mlflow.db").exists()
    except OSError as error:
        raise ConfigError(
            f"XRAY_HOME is {str(home)!r}, which cannot be read ({error.strerror}); allowed is a "
            "folder that this app may read and write."
        ) from error
    if known or settings().mlflow:
        timer = threading.Timer(AFTER_SECONDS, _recover)
        timer.daemon = True
        timer.start()


def _recover() -> None:
    from xray_core.jobs.recovery import recover

    try:
        recover()
    except XrayError as error:
        _log.warning("Jobs were not recovered: %s", error)
