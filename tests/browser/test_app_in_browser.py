"""A clinician's visit: drop films, read opinions, ask why, look inside; nothing leaves."""

import io

import numpy as np
import pytest
from browsertools import check, settled, words
from PIL import Image
from playwright.sync_api import expect
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

from xray_core.imaging.phantom import PhantomKind, draw_phantom

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A JPEG, a DICOM and a file that is no film."""
    folder = tmp_path_factory.mktemp("films")
    pixels = draw_phantom(3, PhantomKind.LOBAR, size=320).pixels
    Image.fromarray((pixels * 255).astype(np.uint8)).save(folder / "child.jpeg", quality=95)
    pixels = draw_phantom(4, PhantomKind.NORMAL, adult=True, size=320).pixels
    (folder / "adult.dcm").write_bytes(dicom((pixels * 4095).astype(np.uint16)))
    (folder / "broken.png").write_bytes((folder / "child.jpeg").read_bytes()[:2000])
    return folder


def dicom(values):
    """Write a 12-bit digital X-ray."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    film.SOPClassUID, film.SOPInstanceUID = meta.MediaStorageSOPClassUID, generate_uid()
    film.Modality, film.ViewPosition, film.BodyPartExamined = "DX", "PA", "CHEST"
    film.PatientName = "Secret^Name"
    film.Rows, film.Columns = values.shape
    film.SamplesPerPixel, film.PhotometricInterpretation = 1, "MONOCHROME2"
    film.BitsAllocated, film.BitsStored, film.HighBit = 16, 12, 11
    film.PixelRepresentation = 0
    film.PixelData = values.tobytes()
    buffer = io.BytesIO()
    film.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def drop(visit, files, *names):
    visit.page.goto(visit.address)
    visit.page.get_by_text("Drop a chest X-ray to begin").first.wait_for()
    settled(visit.page)
    visit.page.locator("input[type=file]").set_input_files([files / name for name in names])
    visit.page.locator("[class*=st-key-opinion-]").wait_for()
    visit.page.locator(".st-key-film image").wait_for()
    settled(visit.page)


def choose(visit, name):
    visit.page.locator(".st-key-films").get_by_text(name, exact=True).click()
    visit.page.locator("[data-testid=stMain]").get_by_text(name, exact=True).wait_for()
    settled(visit.page)


def scope(visit):
    """What part of the film the viewer shows, or nothing while it is drawn anew."""
    return visit.page.evaluate(
        "() => { const l = document.querySelector('.st-key-film .js-plotly-plot')?.layout;"
        " return l?.xaxis ? [...l.xaxis.range, ...l.yaxis.range] : null; }"
    )


def grey_filter(visit):
    """Through what the browser shows the film, or nothing while it is drawn anew."""
    return visit.page.evaluate(
        "() => { const e = document.querySelector('.st-key-film image');"
        " return e && getComputedStyle(e).filter; }"
    )


def until(visit, true):
    """Wait for something that takes as long as the machine is busy."""
    for _ in range(600):
        if true():
            return
        visit.page.wait_for_timeout(100)
    raise AssertionError(f"it did not come; the page says: {words(visit)}")


def test_films_are_dropped_and_read_and_a_broken_one_disturbs_nobody(visit, files):
    drop(visit, files, "child.jpeg", "adult.dcm", "broken.png")
    for name, kind in (("child.jpeg", "JPEG"), ("adult.dcm", "DICOM")):
        choose(visit, name)
        said = words(visit)
        assert f"{kind}, 320 × 320 px" in said
        assert "Pneumonia likely" in said or "Pneumonia unlikely" in said or "possible" in said
        expect(visit.page.locator(".st-key-film image")).to_have_count(1)
        assert "Secret" not in said
        check(visit)
    choose(visit, "broken.png")
    said = words(visit)
    assert "This file cannot be shown" in said and "its picture data end early" in said
    check(visit)
    choose(visit, "child.jpeg")
    assert "What the network sees" in words(visit)
    check(visit)


def test_zoom_stays_while_the_window_changes_and_reset_ends_both(visit, files):
    drop(visit, files, "child.jpeg")
    whole = scope(visit)
    box = visit.page.locator(".st-key-film .js-plotly-plot").bounding_box()
    mouse = visit.page.mouse
    mouse.move(box["x"] + 220, box["y"] + 200)
    mouse.down()
    mouse.move(box["x"] + 400, box["y"] + 380, steps=6)
    mouse.up()
    visit.page.wait_for_timeout(500)
    zoomed = scope(visit)
    assert zoomed[1] - zoomed[0] < 0.6 * (whole[1] - whole[0])

    plain = grey_filter(visit)
    visit.page.get_by_text("Invert", exact=True).click()
    until(visit, lambda: grey_filter(visit) != plain)
    assert scope(visit) == zoomed
    visit.page.get_by_role("button", name="Reset", exact=True).click()
    until(visit, lambda: grey_filter(visit) == plain and scope(visit) == whole)
    check(visit)


def test_lime_is_asked_for_and_shown(visit, files):
    drop(visit, files, "child.jpeg")
    visit.page.get_by_label("Samples", exact=True).fill("100")
    visit.page.get_by_role("button", name="Explain").click()
    visit.page.get_by_text("How far to trust it").first.wait_for()
    settled(visit.page)
    expect(visit.page.locator(".st-key-why-picture .js-plotly-plot")).to_have_count(1)
    assert "100 samples" in words(visit)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Picture (PNG)").click()
    with Image.open(download.value.path()) as saved:
        assert saved.format == "PNG" and min(saved.size) > 300
    check(visit)


def test_lime_is_cancelled(visit, files):
    drop(visit, files, "adult.dcm")
    visit.page.get_by_label("About how many").fill("100")
    visit.page.get_by_label("Samples", exact=True).fill("100000")
    visit.page.get_by_role("button", name="Explain").click()
    # At once: on a busy machine the wait for a button to be still can outlast the explanation.
    visit.page.get_by_role("button", name="Cancel").dispatch_event("click")
    visit.page.get_by_text("Which parts speak for it, which against?").first.wait_for()
    expect(visit.page.get_by_role("button", name="Cancel")).to_have_count(0)
    check(visit)


def test_channels_are_shown_as_a_grid(visit, files):
    drop(visit, files, "child.jpeg")
    visit.page.get_by_role("tab", name="Inside the network").click()
    visit.page.locator(".st-key-inside-picture .js-plotly-plot image").wait_for()
    settled(visit.page)
    assert "all 16 channels" in visit.page.locator(".st-key-inside-picture").inner_text()
    check(visit)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "Drop a chest X-ray to begin"),
        ("diagnose", "Drop a chest X-ray to begin"),
        ("browse", "Look through many films at once"),
        ("about", "What it is for"),
    ],
)
def test_a_page_opens_by_its_own_address(visit, path, expected):
    visit.page.goto(f"{visit.address}/{path}")
    visit.page.get_by_text(expected).first.wait_for()
    settled(visit.page)
    assert "Page not found" not in words(visit)
    check(visit)


def test_browse_makes_phantoms_and_opens_one_in_diagnose(visit):
    visit.page.goto(f"{visit.address}/browse")
    visit.page.get_by_text("Look through many films at once").first.wait_for()
    settled(visit.page)
    visit.page.get_by_role("button", name="Make 12 phantoms").click()
    visit.page.get_by_text("Films 1 to 12 of 12").first.wait_for()
    settled(visit.page)
    expect(visit.page.locator(".st-key-gallery img")).to_have_count(12)
    check(visit)
    visit.page.get_by_role("button", name="Diagnose").first.click()
    visit.page.locator(".st-key-film image").wait_for()
    visit.page.locator(".st-key-film").get_by_text("SYNTHETIC PHANTOM").wait_for()
    settled(visit.page)
    check(visit)


@pytest.mark.parametrize(("width", "shown"), [(1440, True), (720, False)])
def test_the_menu_leaves_room_for_the_page(visit, width, shown):
    page = visit.page
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(visit.address)
    page.get_by_text("Drop a chest X-ray to begin").first.wait_for()
    settled(page)
    menu = expect(page.get_by_role("link", name="Datasets"))
    menu.to_be_in_viewport() if shown else menu.not_to_be_in_viewport()
    check(visit)
