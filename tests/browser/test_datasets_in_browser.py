"""A data scientist's visit: import an archive, audit it, come back to it; nothing leaves."""

import io
import zipfile

import pytest
from browsertools import import_and_audit

from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.notice import NOTICE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Six phantoms in two classes, one of them in both splits."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for i in range(6):
            data = phantom_png(draw_phantom(min(i, 4), PhantomKind.NORMAL, size=96))
            folder = f"{'test' if i > 4 else 'train'}/{'VIRAL' if i % 2 else 'NORMAL'}"
            packed.writestr(f"{folder}/film-{i}.png", data)
    path = tmp_path_factory.mktemp("archive") / "six films.zip"
    path.write_bytes(stream.getvalue())
    return path


def test_an_archive_is_imported_audited_and_found_again_after_a_visit_elsewhere(visit, archive):
    page = visit.page
    page.goto(f"{visit.address}/datasets")
    import_and_audit(page, archive, 6)
    said = page.locator("[data-testid=stApp]").inner_text()
    assert "lie in two splits" in said and "Serious" in said
    with page.expect_download() as download:
        page.get_by_role("button", name="Audit (HTML)").click()
    assert download.value.suggested_filename == "audit-six-films.html"
    page.get_by_role("link", name="About").click()
    page.get_by_text("What it is for", exact=True).first.wait_for()
    page.get_by_role("link", name="Datasets").click()
    page.get_by_role("tab", name="Audit").wait_for()
    page.get_by_role("tab", name="Audit").click()
    page.get_by_text("Findings", exact=True).wait_for()
    assert NOTICE in page.locator("[data-testid=stApp]").inner_text()
    assert visit.outside == [] and visit.errors == []
