"""Take the screenshots of the reading room, with phantoms only.

Starts the app with a fresh `XRAY_HOME` and the bundled model, drives it in Chromium, and writes
`docs/screenshots/*.png`: `python docs/take_screenshots.py`.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screenshots"
# Relative, so that no picture shows a path of the machine that it was taken on.
HOME = "workspace/screenshots"
WAIT_MS = 180_000


@contextmanager
def running_app() -> Iterator[str]:
    """Run the app in a fresh home and yield its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    shutil.rmtree(ROOT / HOME, ignore_errors=True)
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "XRAY_HOME": HOME})
    try:
        address = f"http://localhost:{port}"
        wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(ROOT / HOME, ignore_errors=True)


def wait_for(url: str) -> None:
    """Wait until the address answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the app did not start")


def settled(page: Any, ms: int = 800) -> None:
    """Wait until the app has nothing more to do, and for the pictures to be drawn."""
    page.wait_for_timeout(500)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(ms)


def shoot(page: Any, name: str) -> None:
    """Save what the window shows."""
    page.mouse.move(5, 400)
    settled(page)
    page.screenshot(path=OUT / f"{name}.png")


def to_tabs(page: Any) -> None:
    """Bring the tabs below the film to the top of the window."""
    page.get_by_role("tablist").evaluate("e => e.scrollIntoView()")


def diagnose(page: Any, address: str) -> None:
    """Take the pictures of Diagnose: empty, read, lungs, why, inside, record."""
    page.goto(address)
    page.get_by_text("Drop a chest X-ray to begin").first.wait_for()
    shoot(page, "diagnose-empty")
    draw(page, "main", "Lobar consolidation (bacterial)", 3)
    for kind, seed in (("Normal", 12), ("Interstitial opacities (viral)", 7)):
        page.get_by_role("button", name="Phantom", exact=True).click()
        draw(page, "side", kind, seed)
        page.keyboard.press("Escape")
    page.locator(".st-key-films").get_by_text("phantom-lobar").click()
    page.locator("[data-testid=stMain]").get_by_text("phantom-lobar").wait_for()
    shoot(page, "diagnose")
    lungs = page.locator(".st-key-lungs-shown label")
    lungs.click()
    page.get_by_text("the lungs as found").wait_for()
    shoot(page, "diagnose-lungs")
    lungs.click()
    page.get_by_text("Drag to zoom").wait_for()
    page.get_by_role("button", name="Explain").click()
    page.get_by_text("How far to trust it").first.wait_for()
    settled(page)
    to_tabs(page)
    shoot(page, "why")
    page.get_by_text("Heat", exact=True).click()
    shoot(page, "why-heat")
    page.get_by_role("tab", name="Inside the network").click()
    page.locator(".st-key-inside-picture .js-plotly-plot image").wait_for()
    to_tabs(page)
    shoot(page, "inside")
    page.get_by_text("One large", exact=True).click()
    shoot(page, "inside-one")
    page.get_by_role("tab", name="Record").click()
    settled(page)
    to_tabs(page)
    shoot(page, "record")


def draw(page: Any, place: str, kind: str, seed: int) -> None:
    """Draw a phantom with the form at that place."""
    form = page.locator(f".st-key-phantom-seed-{place}")
    page.locator(f".st-key-phantom-kind-{place} input").click()
    page.get_by_role("option", name=kind).click()
    settled(page, 100)
    form.locator("input").fill(str(seed))
    form.locator("input").press("Enter")
    settled(page, 100)
    page.locator(f".st-key-phantom-draw-{place} button").click()
    page.locator(".st-key-film image").wait_for()
    settled(page)


def browse(page: Any, address: str) -> None:
    """Take the picture of Browse on phantoms."""
    page.goto(f"{address}/browse")
    page.get_by_text("Look through many films at once").first.wait_for()
    settled(page)
    page.get_by_role("button", name="Make 12 phantoms").click()
    page.get_by_text("Films 1 to 12 of 12").first.wait_for()
    shoot(page, "browse")


def about(page: Any, address: str) -> None:
    """Take the pictures of About."""
    page.goto(f"{address}/about")
    page.get_by_text("What it is for", exact=True).first.wait_for()
    shoot(page, "about")
    page.get_by_role("tab", name="The model").click()
    shoot(page, "about-model")


def take(*parts: Callable[[Any, str], None]) -> None:
    """Start the app and a browser, and take the pictures of some pages."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is needed to take screenshots, and there is none here.")
    OUT.mkdir(parents=True, exist_ok=True)
    with running_app() as address, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(WAIT_MS)
        for part in parts:
            part(page, address)
        browser.close()


if __name__ == "__main__":
    take(diagnose, browse, about)
