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
