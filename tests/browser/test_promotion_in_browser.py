"""A worse challenger is refused, an equal one promoted, and Diagnose follows in an open session."""

import json
import re
import shutil

import pytest
from browsertools import check, settled

from xray_core.bundle.store import trust
from xray_core.evaluation.reliance import least_patients as least_patients_of_each
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.promotion.gate import SPECIFICITY_MARGIN
from xray_core.promotion.noninferiority import least_patients

pytestmark = pytest.mark.browser

# The margin is wide, so that few films do: the test is of the page, the gate has its own.
MARGIN = 0.2
# As many of each kind as the checks of specificity, with its own margin, and shortcuts need.
ILL = max(least_patients(MARGIN), least_patients_of_each())
WELL = max(least_patients(SPECIFICITY_MARGIN), least_patients_of_each())
FILMS_CSV = "sha256,phash,patient,source,label,role\nabc,,p,ward,NORMAL,train\n"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Phantoms of as many patients as the gate needs, half of them normal."""
    root = tmp_path_factory.mktemp("ward")
    for kind, label, count in (
        (PhantomKind.LOBAR, "BACTERIAL", ILL),
        (PhantomKind.NORMAL, "NORMAL", WELL),
    ):
        (root / label).mkdir()
        for seed in range(count):
            film = phantom_png(draw_phantom(seed, kind, size=96))
            (root / label / f"{label.lower()}{seed}.png").write_bytes(film)
    return root


@pytest.fixture(scope="module")
def app_address(browser, run_app, tiny_store, tmp_path_factory):
    """An app with three models that differ in their threshold alone.

    The champion `tiny` and `twin` call every film pneumonia, `blind` calls none.
    """
    home = tmp_path_factory.mktemp("lab-home")
    shutil.copytree(tiny_store, home / "bundles")
    store = home / "bundles"
    for name in ("twin", "blind"):
        shutil.copytree(store / "tiny", store / name)
    for name, threshold in (("twin", 0.002), ("blind", 1.0), ("tiny", 0.001)):
        path = store / name / "bundle.json"
        content = json.loads(path.read_text()) | {"name": name}
        content["operating_points"][0]["threshold"] = threshold
        path.write_text(json.dumps(content))
        (store / name / "films.csv").write_text(FILMS_CSV)
        trust(store / name, default=name == "tiny")
    with run_app(home) as address:
        yield address


def choose(page, label, value):
    """Choose in a select box."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=value, exact=True).click()
    settled(page)


def judge(page, name, films):
    page.get_by_role("tab", name="Promote").click()
    page.get_by_label("Labelled films", exact=True).wait_for()
    settled(page)
    choose(page, "Challenger", name)
    page.get_by_label("Labelled films", exact=True).fill(str(films))
    margin = page.get_by_label("Margin, percentage points of sensitivity", exact=True)
    margin.fill(f"{100 * MARGIN:g}")
    margin.press("Tab")
    page.get_by_role("button", name="Judge").click()
    page.get_by_text(f"{name} pass").or_(page.get_by_text(f"{name} does not pass")).first.wait_for()
    settled(page)


def test_the_gate_refuses_promotes_and_is_taken_back(visit, films):
    page = visit.page
    # A second session that is open on a film all the while, and never touched again.
    ward = page.context.new_page()
    ward.set_default_timeout(120_000)
    ward.goto(visit.address)
    ward.get_by_text("Drop a chest X-ray to begin").first.wait_for()
    settled(ward)
    ward.locator("input[type=file]").set_input_files([films / "BACTERIAL" / "bacterial0.png"])
    ward.locator("[class*=st-key-opinion-]").wait_for()
    settled(ward)
    ward.get_by_text(re.compile(r"called from 0\.1")).first.wait_for()

    page.goto(f"{visit.address}/models")
    page.get_by_text("tiny is the champion").first.wait_for()
    settled(page)
    check(visit)

    judge(page, "blind", films)
    assert "Failed" in page.locator(".st-key-check-sensitivity").inner_text()
    assert "Passed" in page.locator(".st-key-check-intact").inner_text()
    page.locator(".st-key-check-sensitivity .js-plotly-plot").wait_for()
    assert page.get_by_role("button", name="Promote all the same").is_disabled()
    check(visit)

    judge(page, "twin", films)
    assert "Passed" in page.locator(".st-key-check-sensitivity").inner_text()
    assert "Passed" in page.locator(".st-key-check-specificity").inner_text()
    page.get_by_label("Your name", exact=True).last.fill("Dr A")
    page.get_by_label("Your name", exact=True).last.press("Tab")
    page.get_by_label("Reason", exact=True).fill("As good, and a drill of the page")
    page.get_by_label("Reason", exact=True).press("Tab")
    settled(page)
    page.locator(".st-key-promotion-promote button").click()
    page.get_by_text("twin is the champion").first.wait_for()
    check(visit)
    ward.get_by_text(re.compile(r"called from 0\.2")).first.wait_for()

    settled(page)
    page.get_by_role("button", name="Roll back to tiny").click()
    page.get_by_text("tiny is the champion").first.wait_for()
    settled(page)
    ward.get_by_text(re.compile(r"called from 0\.1")).first.wait_for()
    page.get_by_role("tab", name="History").click()
    page.get_by_text("came back in place of").first.wait_for()
    history = page.locator("[data-testid=stMain]").inner_text()
    assert "As good, and a drill of the page" in history and "by Dr A" in history
    check(visit)
