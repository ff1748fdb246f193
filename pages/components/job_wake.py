"""When the app starts: jobs that nobody works on are put right, without anybody asking."""

import logging
import threading

import streamlit as st

from xray_core.errors import XrayError
from xray_core.settings import settings

AFTER_SECONDS = 20.0
"""The first film is read first."""
_log = logging.getLogger("kerley")


@st.cache_resource(show_spinner=False)
def wake() -> None:
    """Recover jobs once for this server, in the background, where there ever was one."""
    if (settings().home / "mlflow.db").exists() or settings().mlflow:
        timer = threading.Timer(AFTER_SECONDS, _recover)
        timer.daemon = True
        timer.start()


def _recover() -> None:
    from xray_core.jobs.recovery import recover

    try:
        recover()
    except XrayError as error:
        _log.warning("Jobs were not recovered: %s", error)
