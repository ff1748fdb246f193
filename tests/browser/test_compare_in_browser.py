"""A visit to Compare: choose, read the board, move the threshold, open a film, take the files."""

import csv
import json
import re
import shutil
from urllib.parse import quote

import pytest
from browsertools import check, pick, settled
from playwright.sync_api import expect
from trusting import trust

from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELS = {
    PhantomKind.NORMAL: "NORMAL",
    PhantomKind.LOBAR: "BACTERIAL",
    PhantomKind.INTERSTITIAL: "VIRAL",
}
OF_EACH = 4


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Phantoms of three classes."""
    root = tmp_path_factory.mktemp("compared")
    for kind, label in LABELS.items():
        (root / label).mkdir()
        for seed in range(OF_EACH):
            film = phantom_png(draw_phantom(seed, kind, size=96))
            (root / label / f"{label.lower()}{seed}.png").write_bytes(film)
    return root


@pytest.fixture(scope="module")
def app_address(browser, run_app, tiny_store, tmp_path_factory):
    """An app with three models of one network: `tiny` calls every film pneumonia, `stern` none."""
    home = tmp_path_factory.mktemp("compare-home")
    store = home / "bundles"
    shutil.copytree(tiny_store, store)
    for name, threshold in (("middling", 0.5), ("stern", 1.0), ("tiny", 0.001)):
        if name != "tiny":
            shutil.copytree(store / "tiny", store / name)
        path = store / name / "bundle.json"
        content = json.loads(path.read_text()) | {"name": name}
        content["operating_points"][0]["threshold"] = threshold
        path.write_text(json.dumps(content))
        trust(store / name, default=name == "tiny")
    with run_app(home) as address:
        yield address


def chosen(page):
    """The names in the field of models."""
    return page.locator(".st-key-compare-models [data-tag]")


def path_of_films(page):
    return page.locator(".st-key-compare-data input")


def tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settled(page)


def test_models_are_compared_and_the_threshold_moves_the_words(visit, films):
    page, main = visit.page, visit.page.locator("[data-testid=stMain]")
    page.goto(f"{visit.address}/compare")
    page.get_by_text("Which model is better, and how sure is that?").wait_for()
    settled(page)

    # The first two are there already; the third is put in.
    expect(chosen(page)).to_have_count(2)
    pick(page, page.locator(".st-key-compare-models input"), "stern")
    expect(chosen(page)).to_have_count(3)
    page.keyboard.press("Escape")
    path_of_films(page).fill(str(films))
    path_of_films(page).press("Tab")
    settled(page)
    page.get_by_role("button", name="Compare", exact=True).click()

    # The leaderboard: what it says of all, and each model's row.
    main.get_by_text("share the highest AUC on these films").wait_for()
    board = main.locator("[data-testid=stDataFrame]").first
    for words in ("tiny", "middling", "stern", "AUC, lungs blanked"):
        expect(board).to_contain_text(words)
    settled(page)
    expect(main.get_by_text("cannot be told on these films: they are too few")).to_have_count(1)
    check(visit)

    # One threshold for all: at the far right nothing is called pneumonia any more.
    tab(page, "Errors")
    own = re.compile(r"tiny at 0\.001: Of 100 films with pneumonia, none is missed \(0 of \d\)")
    main.get_by_text(own).wait_for()
    main.get_by_text("One for all", exact=True).click()
    slider = main.get_by_role("slider")
    expect(slider).to_be_enabled()
    slider.press("End")
    missed = re.compile(r"100 are missed \((\d) of \1\); of 100 without, none is called")
    expect(main.get_by_text(missed)).to_have_count(3)
    check(visit)

    # Below it, which class is called which.
    main.get_by_text("The most probable class of each film").wait_for()
    expect(main.locator("[class*=st-key-compare-classes-] .js-plotly-plot")).to_have_count(2)
    check(visit)

    # The films on which two differ are there to be opened.
    tab(page, "Films")
    opener(main).wait_for()
    check(visit)


def linked(visit, films):
    """Open the comparison of all three by its address alone."""
    models = "&".join(f"model={name}" for name in ("tiny", "middling", "stern"))
    visit.page.goto(f"{visit.address}/compare?{models}&data={quote(str(films))}&split=")
    main = visit.page.locator("[data-testid=stMain]")
    main.get_by_text("share the highest AUC on these films").wait_for()
    settled(visit.page)
    return main


def test_a_link_opens_the_comparison_and_its_files_are_taken(visit, films):
    main, page = linked(visit, films), visit.page
    expect(chosen(page)).to_have_count(3)
    expect(path_of_films(page)).to_have_value(str(films))
    tab(page, "Export")
    figures = saved(page, "Figures (CSV)")
    with figures.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert figures.suggested_filename.endswith("-figures.csv")
    assert {"tiny", "stern", "middling"} <= {cell for row in rows for cell in row}
    report = saved(page, "Report (PDF)")
    assert report.path().read_bytes().startswith(b"%PDF-")
    assert report.suggested_filename.endswith(".pdf")
    main.get_by_text("The PDF has all plots").wait_for()
    check(visit)


def saved(page, button):
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value


def opener(main):
    """The button below the first film of the gallery; a select box has an Open of its own."""
    return main.locator(".st-key-gallery").get_by_role("button", name="Open", exact=True).first


def test_a_film_on_which_two_differ_is_explained_by_both(visit, films):
    main, page = linked(visit, films), visit.page
    tab(page, "Films")
    opener(main).click()
    main.get_by_role("button", name="Explain both").click()
    main.get_by_text("The difference", exact=True).wait_for()
    drawn = main.locator("[class*=st-key-compare-lime-] .js-plotly-plot")
    expect(drawn).to_have_count(3)
    settled(page)
    main.get_by_text("Edges", exact=True).click()
    settled(page)
    expect(drawn).to_have_count(3)
    check(visit)
    main.get_by_role("button", name="Back to the films").click()
    opener(main).wait_for()
    check(visit)
