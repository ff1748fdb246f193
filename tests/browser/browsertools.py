"""What the browser tests share: waiting, and what holds on every page."""

from xray_core.notice import NOTICE

TRACES = ("Traceback", "Error:", "Exception", '.py"', "site-packages")


def settled(page):
    """Wait until the app has nothing more to do."""
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(300)


def words(visit):
    """Return all that the page says."""
    return visit.page.locator("[data-testid=stApp]").inner_text()


def check(visit):
    """What holds on every page at every moment."""
    said = words(visit)
    assert not [trace for trace in TRACES if trace in said]
    assert NOTICE in said
    assert visit.outside == []
    assert visit.errors == []


def pick(page, box, name):
    """Pick an option in the box of a list, by its keys.

    The list is drawn anew when the mouse comes over it. A press in the moment it arrives, which
    only a program is quick enough for, then goes to what is no longer there.
    """
    box.click()
    box.press_sequentially(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    box.press("Enter")


def import_and_audit(page, archive, films):
    """Import an archive of so many films on Datasets, where the browser is, and audit it."""
    page.get_by_text("Know your films before you train on them").wait_for()
    settled(page)
    page.get_by_role("button", name="Upload").first.click()
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_text("Other films").wait_for()
    settled(page)
    page.get_by_role("tab", name="Audit").click()
    page.get_by_role("button", name=f"Audit {films} films").click()
    page.get_by_text("Findings", exact=True).wait_for()
    settled(page)
