"""The real app in a real browser, with a model of random weights and nothing from outside."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from xray_core.settings import PROJECT_ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
]
START_SECONDS = 120
# Importing TensorFlow takes long on a busy machine.
WAIT_MS = 120_000


@dataclass
class Visit:
    """A browser page on the app, and what it did on the way.

    Attributes:
        page: Playwright's page.
        address: of the app.
        outside: addresses that were asked for and are not on this machine; they were refused.
        errors: failures of scripts in the page.
    """

    page: Any
    address: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no Chromium here, so the app cannot be driven in a browser")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app_address(
    browser: Any, tiny_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the app, started by its own command in a process of its own."""
    home = tmp_path_factory.mktemp("browser-home")
    shutil.copytree(tiny_store, home / "bundles")
    with _run_app(home) as address:
        yield address


@pytest.fixture(scope="session")
def run_app() -> Callable[..., AbstractContextManager[str]]:
    """Return `run_app(home)`, which runs the app on another `XRAY_HOME` and gives its address.

    With `script` it runs another script than `app.py`, as if it lay in the project.
    """
    return _run_app


@contextmanager
def _run_app(home: Path, script: Path = PROJECT_ROOT / "app.py") -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "XRAY_HOME": str(home),
        "XRAY_MODELS_DIR": str(home / "no-bundled-models"),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    with (home / "app.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(address, server, home / "app.log")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {log.read_text()}")


@pytest.fixture
def visit(browser: Any, app_address: str) -> Iterator[Visit]:
    """A fresh browser session; whatever is not on this machine is refused and noted."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    visit = Visit(page, app_address)

    def gate(route: Any) -> None:
        url = route.request.url
        if url.startswith((app_address, "data:", "blob:")):
            route.continue_()
        else:
            visit.outside.append(url)
            route.abort()

    context.route("**/*", gate)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    yield visit
    context.close()
