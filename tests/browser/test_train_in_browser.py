"""A data scientist's visit: import, audit, train in the background, reload, cancel, finish."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile

import psutil
import pytest
from browsertools import import_and_audit, pick, settled

from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.notice import NOTICE
from xray_core.settings import PROJECT_ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG_MS = 600_000


@pytest.fixture
def lab(browser, tiny_store, tmp_path):
    """A browser page on Train of an app with a home of its own, and a way to get a second one."""
    home = tmp_path / "lab-home"
    shutil.copytree(tiny_store, home / "bundles")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "XRAY_HOME": str(home)}
    contexts = []

    def visit():
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 1000}))
        page = contexts[-1].new_page()
        page.set_default_timeout(LONG_MS)
        for _ in range(600):
            try:
                page.goto(f"http://localhost:{port}/train")
                return page
            except Exception:
                page.wait_for_timeout(200)
        raise AssertionError("the app did not start")

    with (home / "app.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield visit
        finally:
            for context in contexts:
                context.close()
            server.terminate()
            server.wait(30)
            end_all(home)


def end_all(home):
    """End the scheduler, the worker and the trainings of this home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("XRAY_HOME") == str(home):
                found.append(process)
                process.terminate()
        except psutil.Error:
            continue
    _, alive = psutil.wait_procs(found, timeout=20)
    for process in alive:
        process.kill()


@pytest.fixture
def archive(tmp_path):
    """Sixty phantoms of as many patients, half of them with pneumonia."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for kind, label in ((PhantomKind.NORMAL, "NORMAL"), (PhantomKind.LOBAR, "BACTERIAL")):
            for seed in range(30):
                film = phantom_png(draw_phantom(seed, kind, size=96))
                packed.writestr(f"{label}/p{seed}-{label}.png", film)
    path = tmp_path / "sixty films.zip"
    path.write_bytes(stream.getvalue())
    return path


def take_up_on_train(page):
    """Go to Train, where the imported films are chosen and their audit is known."""
    page.get_by_role("link", name="Train").click()
    page.get_by_text("60 films of 60 patients").first.wait_for()
    page.get_by_text(re.compile(r"^Audit: (fine|warning|serious)\.")).first.wait_for()


def start(page, epochs):
    page.get_by_role("tab", name="New training").click()
    settled(page)
    pick(page, page.locator(".st-key-train-network input"), "Tiny CNN")
    page.get_by_text("trained in a minute").first.wait_for()
    # Until the run has ended, the fields of the former network are still there too.
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    for label, value in (("Input size", 32), ("Epochs", epochs)):
        page.get_by_label(label, exact=True).fill(str(value))
        page.get_by_label(label, exact=True).press("Enter")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.get_by_role("button", name="Start training").click()


def test_imported_films_are_audited_and_trained_on_across_a_reload_cancelled_and_finished(
    lab, archive
):
    page = lab()
    page.get_by_text("Train a network on your own films").first.wait_for()
    page.get_by_role("link", name="Datasets").click()
    import_and_audit(page, archive, 60)
    take_up_on_train(page)
    start(page, 5000)
    page.locator(".js-plotly-plot").first.wait_for()

    page.reload()
    page.get_by_role("tab", name="Jobs").click()
    page.get_by_text("Running").first.wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    other = lab()
    other.get_by_role("tab", name="Jobs").click()
    other.get_by_text("Running").first.wait_for()

    other.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled").first.wait_for()

    start(page, 2)
    page.get_by_text("is ready").first.wait_for()
    said = page.locator("[data-testid=stApp]").inner_text()
    assert NOTICE in said
    assert "Traceback" not in said
    page.get_by_role("button", name="Open its card").click()
    page.locator(".st-key-card").get_by_text("Internal test").first.wait_for()


def test_the_form_does_not_move_when_the_audit_ends(lab):
    page = lab()
    page.get_by_role("button", name="Make 160 phantoms").click()
    page.locator(".st-key-train-audit-cancel").wait_for()
    page.get_by_text("Start training").first.wait_for()
    network = page.locator(".st-key-train-network")
    before = network.bounding_box()
    page.get_by_text(re.compile(r"^Audit: (fine|warning|serious)\.")).first.wait_for()
    settled(page)
    assert network.bounding_box() == before
