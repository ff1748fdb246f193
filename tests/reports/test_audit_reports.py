"""An audit as HTML, JSON and CSV: all of it, and nothing that a file name could do harm with."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from xray_core.datasets.audit import Audit, Finding, Pair, Probe, Verdict
from xray_core.notice import NOTICE
from xray_core.reports.audit_csv import COLUMNS, audit_csv
from xray_core.reports.audit_html import audit_html
from xray_core.reports.audit_json import audit_json

EVIL = "NORMAL/<script>alert(1)</script>.png"
FORMULA = "=HYPERLINK(1).png"


@pytest.fixture
def audit():
    probe = {"title": "the outer border of the film alone", "contrast": "NORMAL against the rest"}
    return Audit(
        source="films & <b>more</b>",
        films=6,
        classes={"NORMAL": 4, "VIRAL": 2},
        splits={"train": 6},
        patients=5,
        exact_groups=1,
        exact_pairs=1,
        near_pairs=1,
        pairs=(
            Pair(first=EVIL, second="NORMAL/b.png", exact=True, bits=0, across_splits=False,
                 conflicting=False),
            Pair(first=FORMULA, second="VIRAL/c.png", exact=False, bits=3, across_splits=True,
                 conflicting=True),
        ),
        leaks=("films/patient-7",),
        probes=(
            Probe(name="border", auc=0.983, interval=(0.9, 1.0), verdict=Verdict.SERIOUS, **probe),
            Probe(name="file", auc=None, interval=None, verdict=Verdict.WARNING, **probe),
        ),
        findings=(
            Finding(check="confounding_border", title="Class from the border",
                    verdict=Verdict.SERIOUS, sentence="From the border it is told.", films=(EVIL,)),
            Finding(check="imbalance", title="Balance", verdict=Verdict.FINE, sentence="Even."),
        ),
        verdict=Verdict.SERIOUS,
        seconds=1.5,
        versions={"audit": "1.1"},
    )  # fmt: skip


class _Reader(HTMLParser):
    """Collects what a browser would load or run."""

    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.outside += [v for k, v in attrs if k in ("src", "href") or k.startswith("on")]

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_whole_and_loads_and_runs_nothing(audit):
    reader = _Reader()
    reader.feed(audit_html(audit))
    words = " ".join(reader.words)
    assert "script" not in reader.tags and reader.outside == []
    assert EVIL in words and "films & <b>more</b>" in words
    for part in ("0.983", "From the border it is told.", "alike, 3 of 64 bits differ", NOTICE):
        assert part in words
    assert "across splits, labels contradict" in words


def test_html_says_every_verdict_in_words(audit):
    page = audit_html(audit)
    assert "<b aria-hidden='true'>✕</b> Serious" in page
    assert "<b aria-hidden='true'>✓</b> Fine" in page
    assert "1 serious, 0 warnings, 1 fine" in page


def test_html_without_probes_pairs_or_splits_is_a_page_all_the_same(audit):
    bare = audit.model_copy(update={"probes": (), "pairs": (), "splits": {}, "findings": ()})
    page = audit_html(bare)
    assert "Too few patients to measure." in page and "<h2>Pairs</h2>" not in page


def test_html_lists_the_first_pairs_and_says_how_many_more(audit):
    many = audit.model_copy(update={"pairs": audit.pairs[:1] * 205})
    assert "And 5 more, in the JSON and CSV." in audit_html(many)


def test_json_holds_the_summary_and_all_pairs(audit):
    record = json.loads(audit_json(audit))
    assert record["notice"] == NOTICE
    assert {key: record[key] for key in audit.summary()} == audit.summary()
    assert record["confounding"] == {"border": 0.983, "file": None}
    assert len(record["pairs"]) == 2 and record["patients_in_two_splits"] == ["films/patient-7"]


def test_csv_is_one_table_and_no_cell_is_a_formula(audit):
    rows = list(csv.reader(io.StringIO(audit_csv(audit))))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row[0] for row in rows[1:]] == [
        "notice", "overall", "finding", "finding", "probe", "probe", "pair", "pair", "patient",
        "film",
    ]  # fmt: skip
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert [
        "pair",
        "near",
        "",
        "3",
        "across splits, labels contradict",
        f"'{FORMULA}",
        "VIRAL/c.png",
    ] in rows
