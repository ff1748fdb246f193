"""Take the screenshots of the workbench, with phantoms only: audit, train, compare, promote.

As `take_screenshots.py`, which takes those of the reading room:
`python docs/take_workbench_screenshots.py`.
"""

from typing import Any

from take_screenshots import HOME, settled, shoot, take

COMPARED = f"{HOME}/datasets/phantoms-40"


def datasets(page: Any, address: str) -> None:
    """Take the picture of the audit on Datasets."""
    page.goto(f"{address}/datasets")
    page.get_by_text("Know your films before you train on them").first.wait_for()
    page.get_by_role("button", name="Phantoms").first.click()
    page.get_by_role("button", name="Draw phantoms").click()
    page.get_by_role("tab", name="Audit").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Audit").click()
    page.locator("[data-testid=stMain]").get_by_role("button", name="Audit").click()
    page.get_by_text("Findings", exact=True).wait_for()
    shoot(page, "datasets-audit")


def train(page: Any, address: str) -> None:
    """Take the pictures of Train: the form, and a job that is done."""
    page.goto(f"{address}/train")
    page.get_by_text("Train a network on your own films").first.wait_for()
    page.get_by_role("button", name="Make 160 phantoms").click()
    page.get_by_text("160 films of").first.wait_for()
    settled(page)
    network = page.locator(".st-key-train-network input")
    network.click()
    network.press_sequentially("Plain CNN")
    network.press("Enter")
    page.get_by_text("the plain CNN of a public pipeline").first.wait_for()
    settled(page)  # its words come before its fields, and what is typed into the others is lost
    for title, number in (("Input size", "64"), ("Epochs", "20")):
        page.get_by_label(title, exact=True).first.fill(number)
        page.get_by_label(title, exact=True).first.press("Tab")
        settled(page)
    page.evaluate("document.activeElement.blur()")  # or the help of the next field is shown
    shoot(page, "train")
    page.get_by_role("button", name="Start training").click()
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_text("is ready").first.wait_for()
    shoot(page, "train-done")


def compare(page: Any, address: str) -> None:
    """Take the pictures of Compare: the leaderboard, and two of the parts below it."""
    page.goto(f"{address}/compare")
    page.get_by_text("Which model is better, and how sure is that?").wait_for()
    page.get_by_role("button", name="Make 40 phantoms").click()
    settled(page)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("tab", name="Curves").wait_for()
    shoot(page, "compare")
    for part in ("Errors", "Films"):
        page.get_by_role("tab", name=part, exact=True).click()
        settled(page)
        if part == "Films":  # the two models may be right and wrong on the same ones
            page.get_by_role("radio", name="Surest mistakes").click()
            settled(page)
        page.get_by_role("tablist").evaluate("e => e.scrollIntoView()")
        shoot(page, f"compare-{part.lower()}")


def models(page: Any, address: str) -> None:
    """Take the pictures of Models: the champion's calibration, and the gate on the same films."""
    page.goto(f"{address}/models")
    page.get_by_text("is the champion").first.wait_for()
    calibration = page.get_by_text("Calibration: what it says against what is true")
    calibration.wait_for()
    page.locator(".js-plotly-plot").first.wait_for()
    calibration.evaluate("e => e.scrollIntoView()")
    shoot(page, "models-calibration")
    page.evaluate("document.querySelector('[role=tablist]').scrollIntoView()")
    page.get_by_role("tab", name="Promote").click()
    page.get_by_label("Labelled films", exact=True).fill(COMPARED)
    page.get_by_label("Labelled films", exact=True).press("Tab")
    settled(page)
    page.get_by_role("button", name="Judge").click()
    page.get_by_text("pass", exact=False).first.wait_for()
    shoot(page, "models-gate")


if __name__ == "__main__":
    # Train first: with no data set on this computer yet it is empty.
    take(train, datasets, compare, models)
