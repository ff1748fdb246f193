"""What is exported says which films, which models, and that it is for research only."""

import csv
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
from contenders import contender, films
from reportlab.pdfgen.canvas import Canvas

from xray_core.bundle import Interval
from xray_core.evaluation.comparison import compare
from xray_core.evaluation.scoring import FilmScore
from xray_core.inference import Status
from xray_core.notice import NOTICE
from xray_core.reports.compare_charts import charts
from xray_core.reports.compare_csv import figures_csv, films_csv
from xray_core.reports.compare_parts import number, parted
from xray_core.reports.compare_pdf import comparison_pdf


@pytest.fixture(scope="module")
def comparison():
    dataset = films(80)
    dataset.table.loc[0, "path"] = "=HYPERLINK(1).png"
    refused = {5: FilmScore(Status.REFUSED, "It is a photograph.")}
    made = [
        contender("first", dataset, seen=[1, 2], scores=refused),
        contender("second", dataset, seed=2, skill=3, lungless=2.5),
    ]
    return compare(made, dataset, draws=200)


@pytest.fixture
def written(monkeypatch):
    """All text that is drawn on the pages of a PDF."""
    words = []

    def keep(method):
        plain = getattr(Canvas, method)

        def told(self, *args, **more):
            words.append(str(args[2]))
            return plain(self, *args, **more)

        monkeypatch.setattr(Canvas, method, told)

    keep("drawString")
    keep("drawRightString")
    return words


def test_the_pdf_names_films_models_and_purpose(comparison, monkeypatch, written):
    from reportlab.pdfgen import textobject

    plain = textobject.PDFTextObject._textOut
    monkeypatch.setattr(
        textobject.PDFTextObject,
        "_textOut",
        lambda self, text, *rest: written.append(text) or plain(self, text, *rest),
    )
    pdf = comparison_pdf(comparison)
    assert pdf.startswith(b"%PDF") and len(pdf) > 10_000
    text = " ".join(written)
    assert NOTICE in text
    for model in comparison.models:
        assert model.contender.ref.sha256[:32] in text
    assert comparison.data.sha256[:32] in text
    for words in ("Precision and recall", "Decision curve", "McNemar", "first less second"):
        assert words in text


def test_a_long_name_ends_a_line_at_a_sign_of_its_own():
    def wide(text):
        return len(text) > 10

    assert parted("my-long_model.v2@1a2b3c4d", wide) == "my-long_\nmodel.v2@\n1a2b3c4d"
    assert parted("withoutanysign", wide) == "withoutanysign"


def test_a_figure_has_its_interval_on_the_next_line():
    found = Interval(value=0.5, low=0.25, high=0.75)
    assert number(found) == "0.500\n0.250 to 0.750"
    assert number(found, True) == "50.0 %\n25.0 to 75.0 %"
    assert number(found, signed=True) == "+0.500\n+0.250 to +0.750"
    assert number(Interval(value=0.5, low=None, high=None)) == "0.500"
    assert number(Interval(value=None, low=None, high=None)) == "undefined"


def test_more_models_than_have_room_beside_each_other_stand_below_each_other():
    dataset = films(30)
    models = [contender(f"model-{i}", dataset, seed=i) for i in range(8)]
    assert comparison_pdf(compare(models, dataset, draws=50)).startswith(b"%PDF")


def test_a_pdf_of_models_without_one_film_is_made_too():
    dataset = films(20)
    knows = [contender(name, dataset, seen=range(20)) for name in ("a", "b")]
    assert comparison_pdf(compare(knows, dataset, draws=50)).startswith(b"%PDF")


def test_names_from_outside_are_no_markup_in_the_pdf(comparison):
    data = replace(comparison.data, name="<b>films & </para>")
    assert comparison_pdf(replace(comparison, data=data)).startswith(b"%PDF")


def test_charts_stay_within_their_frames(comparison):
    for drawing in charts(comparison.models):
        x0, y0, x1, y1 = drawing.getBounds()
        assert x0 >= -1 and y0 >= -1 and x1 <= drawing.width + 1 and y1 <= drawing.height + 1


def rows_of(text):
    head, *rows = list(csv.reader(StringIO(text)))
    assert head == [f"# {NOTICE}"]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_figures_as_csv(comparison):
    rows = rows_of(figures_csv(comparison))
    first = comparison.models[0].measured["auc"]
    (row,) = [r for r in rows if (r["model"], r["against"], r["figure"]) == ("first", "", "auc")]
    assert (float(row["value"]), float(row["low"])) == (first.value, first.low)
    (row,) = [r for r in rows if r["figure"] == "delta auc"]
    assert float(row["value"]) == comparison.pairs[0].differences["auc"].value


def test_films_as_csv_with_the_state_of_each_and_no_formulas(comparison):
    rows = rows_of(films_csv(comparison))
    assert len(rows) == 80
    assert rows[0]["path"] == "'=HYPERLINK(1).png"
    assert [rows[i]["first state"] for i in (0, 1, 2, 5)] == ["counted", "seen", "seen", "refused"]
    assert rows[1]["first p"] == ""
    counted = [r for r in rows if r["second state"] == "counted"]
    for row in counted:
        assert (float(row["second p"]) >= 0.5) == (row["second called"] == "PNEUMONIA")
    assert BytesIO(films_csv(comparison).encode()).read()
