"""A worse challenger is refused, a better one promoted, and Diagnose follows in an open session."""

import json
import re
import shutil

import numpy as np
import pytest
from browsertools import check, pick, settled
from sklearn.linear_model import LogisticRegression
from trusting import trust

from xray_core.evaluation.reliance import least_patients as least_patients_of_each
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.imaging.reader import read_radiograph
from xray_core.promotion.gate import SPECIFICITY_MARGIN
from xray_core.promotion.noninferiority import least_patients

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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
def network(films, tiny_classifier):
    """A network that tells these films apart, and a threshold that misses half of the ill ones.

    A logistic regression on the middle of the film, fitted to these very films: the test is of the
    page, and what makes one model better than another is its threshold.
    """
    ill, well = (
        np.array([_view(path, tiny_classifier) for path in sorted((films / label).iterdir())])
        for label in ("BACTERIAL", "NORMAL")
    )
    middle = np.zeros((32, 32), bool)
    middle[5:27, 5:27] = True
    found = LogisticRegression(C=10, max_iter=5000).fit(
        np.concatenate([ill, well])[:, middle], [1] * len(ill) + [0] * len(well)
    )
    p = np.sort(found.predict_proba(ill[:, middle])[:, 1])
    return _network(middle, found), float(p[ILL // 2 - 1 : ILL // 2 + 1].mean())


def _view(path, classifier):
    """Return what a network of 32 px sees of a film."""
    return classifier.see(read_radiograph(path.read_bytes(), path.name)).pixels


def _network(middle, regression):
    """Return the regression as a network with the four classes' logits, bacterial its own."""
    from keras import Model, layers

    weights = np.zeros((32 * 32, 4), np.float32)
    weights[middle.ravel(), 1] = regression.coef_[0]
    bias = np.array([0, regression.intercept_[0], -20, -20], np.float32)
    film = layers.Input((32, 32, 1), name="film")
    x = layers.Conv2D(1, 1, kernel_initializer="ones", activation="relu", name="conv1")(film)
    logits = layers.Dense(4, name="logits")
    model = Model(film, logits(layers.Flatten()(x)), name="finder")
    logits.set_weights([weights, bias])
    return model


@pytest.fixture(scope="module")
def app_address(browser, run_app, tiny_store, network, tmp_path_factory):
    """An app with three models that differ in their threshold alone.

    The champion `cautious` misses half of the films with pneumonia, which `finder` finds, and
    `blind` finds none. None of them calls a normal film pneumonia.
    """
    home = tmp_path_factory.mktemp("lab-home")
    store = home / "bundles"
    model, high = network
    for name, threshold in (("finder", 0.5), ("blind", 1.0), ("cautious", high)):
        shutil.copytree(tiny_store / "tiny", store / name)
        model.save(store / name / "model.keras")
        path = store / name / "bundle.json"
        content = json.loads(path.read_text()) | {"name": name, "temperature": 1.0}
        content["operating_points"][0]["threshold"] = threshold
        path.write_text(json.dumps(content))
        (store / name / "films.csv").write_text(FILMS_CSV)
        trust(store / name, default=name == "cautious")
    with run_app(home) as address:
        yield address


def choose(page, label, value):
    """Choose in a select box."""
    pick(page, page.get_by_label(label, exact=True), value)
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
    ward.get_by_text(re.compile(r"called from 9")).first.wait_for()

    page.goto(f"{visit.address}/models")
    page.get_by_text("cautious is the champion").first.wait_for()
    settled(page)
    check(visit)

    judge(page, "blind", films)
    assert "Failed" in page.locator(".st-key-check-sensitivity").inner_text()
    assert "Passed" in page.locator(".st-key-check-intact").inner_text()
    page.locator(".st-key-check-sensitivity .js-plotly-plot").wait_for()
    assert page.get_by_role("button", name="Promote all the same").is_disabled()
    check(visit)

    judge(page, "finder", films)
    said = page.locator(".st-key-check-sensitivity").inner_text()
    assert "Passed" in said
    found = f"finds {ILL // 2} films that the champion misses and misses 0 that it finds"
    assert found in " ".join(said.split())
    assert "Passed" in page.locator(".st-key-check-specificity").inner_text()
    page.get_by_label("Your name", exact=True).last.fill("Dr A")
    page.get_by_label("Your name", exact=True).last.press("Tab")
    page.get_by_label("Reason", exact=True).fill("It finds what the other misses")
    page.get_by_label("Reason", exact=True).press("Tab")
    settled(page)
    page.locator(".st-key-promotion-promote button").click()
    page.get_by_text("finder is the champion").first.wait_for()
    check(visit)
    ward.get_by_text(re.compile(r"called from 50")).first.wait_for()

    settled(page)
    page.get_by_role("button", name="Roll back to cautious").click()
    page.get_by_text("cautious is the champion").first.wait_for()
    settled(page)
    ward.get_by_text(re.compile(r"called from 9")).first.wait_for()
    page.get_by_role("tab", name="History").click()
    page.get_by_text("came back in place of").first.wait_for()
    history = page.locator("[data-testid=stMain]").inner_text()
    assert "It finds what the other misses" in history and "by Dr A" in history
    check(visit)
