"""What is exported says which films, which models, and that it is for research only."""

import csv
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
from contenders import contender, films
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reportlab.graphics.shapes import String
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import textobject
from reportlab.pdfgen.canvas import Canvas

from xray_core.bundle import Interval
from xray_core.evaluation.comparison import compare
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.scoring import FilmScore
from xray_core.inference import Status
from xray_core.notice import NOTICE
from xray_core.reports.compare_charts import charts, cost_charts, training_charts
from xray_core.reports.compare_csv import PHANTOMS, figures_csv, films_csv, groups_csv
from xray_core.reports.compare_drawing import round_ends
from xray_core.reports.compare_matrices import SIZE, matrix_drawing
from xray_core.reports.compare_parts import number, parted
from xray_core.reports.compare_pdf import comparison_pdf
from xray_core.reports.pdf_letters import in_letters


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
    plain = textobject.PDFTextObject._textOut
    monkeypatch.setattr(
        textobject.PDFTextObject,
        "_textOut",
        lambda self, text, *rest: words.append(text) or plain(self, text, *rest),
    )
    return words


def one_line(words):
    return " ".join(" ".join(words).split())


@pytest.fixture(scope="module")
def troubled():
    """Models that refuse, cannot read and abstain, on films among which are phantoms."""
    dataset = films(40)
    drawn = tuple([0.25] * 4)
    said = FilmScore(Status.OK, "", drawn, (drawn, drawn))
    scores = {
        0: replace(said, abstain=True),
        1: replace(said, synthetic=True),
        2: FilmScore(Status.REFUSED, "It is a photograph."),
        3: FilmScore(Status.ERROR, "It is damaged."),
    }
    made = [
        contender("first", dataset, seen=[5], scores=scores),
        contender("second", dataset, seen=[5], scores={2: scores[2]}),
    ]
    return compare(made, dataset, draws=100)


def test_the_pdf_names_films_models_and_purpose(comparison, written):
    pdf = comparison_pdf(comparison)
    assert pdf.startswith(b"%PDF") and len(pdf) > 10_000
    text = " ".join(written)
    assert NOTICE in text
    for model in comparison.models:
        assert model.contender.ref.sha256[:32] in text
    assert comparison.data.sha256[:32] in text
    for words in ("Precision and recall", "Decision curve", "McNemar", "first less second"):
        assert words in text
    for words in ("Classes", "BACTERIAL", "not recorded", "made-up", "Validation AUC", "AUC and"):
        assert words in text, words


def test_the_pdf_says_what_each_model_refused_could_not_read_and_abstains_on(troubled, written):
    comparison_pdf(troubled)
    text = one_line(written)
    assert "1 of them are synthetic phantoms, not patients." in text
    assert (
        "first: 1 refused as no film that the model may judge, and left out; 1 could not be read, "
        "and left out; 1 counted, although the model would abstain."
    ) in text
    assert "second: 1 refused as no film that the model may judge, and left out." in text


def test_the_pdf_says_where_models_are_drawn_together_on_different_films(comparison, written):
    comparison_pdf(comparison)
    text = one_line(written)
    told = "not the same films for all: first on 77 of 80 films; second on 80 of 80 films."
    assert text.count(told) == 3  # at the curves, the errors and the cost
    assert "Unscored: films whose" in text


def test_letters_that_no_font_of_the_pdf_has_are_escaped_so_that_names_differ(comparison, written):
    assert in_letters("Müller, 5 €, α ≥ −1\nthe next") == "Müller, 5 €, α ≥ -1\nthe next"
    assert in_letters("чб") == r"\u0447\u0431"
    assert in_letters("\x1b[31m \u202e \udc80 \U0001f600") == r"\x1b[31m \u202e \udc80 \U0001f600"
    assert [in_letters(name) for name in ("胸部", "足部")] == [r"\u80f8\u90e8", r"\u8db3\u90e8"]
    comparison_pdf(replace(comparison, data=replace(comparison.data, name="снимки")))
    assert r"Comparison on \u0441\u043d\u0438\u043c\u043a\u0438" in one_line(written)
    drawing = matrix_drawing("снимки", ("б", "normal"), ((1, 0), (0, 1)), 160)
    words = [one.text for one in drawing.contents if isinstance(one, String)]
    assert all(word.isascii() for word in words)


@pytest.mark.parametrize("name", ["my-long_model." * 4 + "at@1a2b3c4d", "W" * 64 + "@1a2b3c4d"])
def test_the_title_of_a_matrix_stays_within_its_width(name):
    title, width = f"{name} at 0.500", 160
    drawing = matrix_drawing(title, ("normal", "pneumonia"), ((8, 2), (0, 10)), width)
    lines = [s for s in drawing.contents if isinstance(s, String) and s.fontSize == SIZE]
    assert "".join(line.text for line in lines).replace(" ", "") == title.replace(" ", "")
    assert len(lines) > 1 and len({line.y for line in lines}) == len(lines)
    for line in lines:
        assert stringWidth(line.text, line.fontName, SIZE) <= width
    x0, y0, x1, y1 = drawing.getBounds()
    assert x0 >= -1 and y0 >= -1 and x1 <= drawing.width + 1 and y1 <= drawing.height + 1


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
    nearly = Interval(value=0.99963, low=0.999, high=1.0)
    assert number(nearly) == "> 0.999\n0.999 to 1.000"
    assert number(nearly, True) == "> 99.9 %\n99.9 to 100.0 %"
    assert number(Interval(value=0.0004, low=0.0, high=0.5), True) == "< 0.1 %\n0.0 to 50.0 %"
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
    models = comparison.models
    matrix = matrix_drawing("first", ("normal", "pneumonia"), ((8, 2), (0, 10)), 160)
    for drawing in (
        *charts(models), *training_charts(models), *cost_charts(models), matrix
    ):  # fmt: skip
        x0, y0, x1, y1 = drawing.getBounds()
        assert x0 >= -1 and y0 >= -1 and x1 <= drawing.width + 1 and y1 <= drawing.height + 1


def rows_of(text, said=""):
    head, *rows = list(csv.reader(StringIO(text)))
    assert head == [f"# {NOTICE}{said}"]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_figures_as_csv(comparison):
    rows = rows_of(figures_csv(comparison))
    first = comparison.models[0].measured["auc"]
    (row,) = [r for r in rows if (r["model"], r["against"], r["figure"]) == ("first", "", "auc")]
    assert (float(row["value"]), float(row["low"])) == (first.value, first.low)
    (row,) = [r for r in rows if r["figure"] == "delta auc"]
    (pair,) = comparison.pairs
    assert float(row["value"]) == pair.differences["auc"].value
    (row,) = [r for r in rows if r["figure"] == "delta ece"]
    assert float(row["value"]) == pair.differences["ece"].value
    assert row["low"] == row["high"] == ""
    for test in ("delong_p", "mcnemar_p_corrected", "missed_p", "alarms_p_corrected"):
        (row,) = [r for r in rows if r["figure"] == test]
        assert float(row["value"]) == getattr(pair, test)
    (row,) = [r for r in rows if (r["model"], r["figure"]) == ("second", "recall:VIRAL")]
    found = comparison.models[1].measured["recall:VIRAL"]
    assert (float(row["value"]), float(row["low"])) == (found.value, found.low)
    assert int(row["films"]) == (comparison.dataset.table["label"] == "VIRAL").sum()


def test_groups_as_csv(comparison):
    rows = rows_of(groups_csv(comparison))
    assert {row["by"] for row in rows} == {"age", "sex", "view", "exposure", "source"}
    assert {row["figure"] for row in rows} == set(MEASURES)
    (row,) = [
        r for r in rows if (r["model"], r["by"], r["figure"]) == ("first", "source", "sensitivity")
    ]
    assert float(row["value"]) == comparison.models[0].measured["sensitivity"].value
    assert row["films"] == "77"


@settings(deadline=None)
@example([879609.9999999999])
@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=9))
def test_the_ends_of_an_axis_hold_all_that_is_drawn(values):
    low, high = round_ends(values)
    slack = 1e-6 * (high - low)
    assert low - slack <= min(values) and max(values) <= high + slack and low < high


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


def test_films_as_csv_say_on_which_the_model_abstains_and_which_are_phantoms(troubled):
    rows = rows_of(films_csv(troubled), PHANTOMS)
    columns = ("first abstains", "second abstains", "synthetic")
    assert [[row[name] for name in columns] for row in rows[:4]] == [
        ["yes", "no", "no"],
        ["no", "no", "yes"],
        ["", "", ""],  # refused by both: nobody has looked whether it is a phantom
        ["", "no", "no"],
    ]
    assert [rows[5][name] for name in ("first state", *columns)] == ["seen", "", "", ""]


@pytest.mark.parametrize("write", [figures_csv, groups_csv])
def test_tables_of_figures_say_that_phantoms_are_among_the_films(troubled, write):
    assert rows_of(write(troubled), PHANTOMS)
