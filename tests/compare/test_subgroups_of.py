"""Subgroups of films are those that their files tell of."""

from dataclasses import replace

from contenders import contender, films

from xray_core.evaluation.comparison import compare
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.subgroups import NOT_RECORDED, subgroups

DRAWS = 300


def test_subgroups_are_those_the_files_tell_of_or_not_recorded():
    dataset = films(80)
    plain = contender("a", dataset)
    model = compare([plain], dataset, draws=DRAWS).models[0]
    by = {(g.by, g.group): g.measured.n for g in subgroups(model, dataset, draws=50)}
    assert by == {(b, NOT_RECORDED): 80 for b in ("age", "sex", "view", "exposure")} | {
        ("source", "made-up"): 80
    }
    told = tuple(
        replace(
            s,
            age_years=3.0 if i % 2 else 70.0,
            sex="F" if i < 30 else None,
            view="AP",
            mean_grey=(0.1, 0.4, 0.59, 0.9)[i % 4],
        )
        for i, s in enumerate(plain.scores)
    )
    result = compare([replace(plain, scores=told)], dataset, draws=DRAWS).models[0]
    found = subgroups(result, dataset, draws=50)
    assert [(g.by, g.group, g.measured.n) for g in found] == [
        ("age", "under 5 years", 40),
        ("age", "65 years and over", 40),
        ("sex", "female", 30),
        ("sex", NOT_RECORDED, 50),
        ("view", "AP", 80),
        ("exposure", "darker (mean grey under 0.40)", 20),
        ("exposure", "usual (mean grey 0.40 to 0.60)", 40),
        ("exposure", "brighter (mean grey from 0.60)", 20),
        ("source", "made-up", 80),
    ]
    out = found[0].to_json()
    assert out["auc_ci"] and {f"{name}_ci" for name in MEASURES} < set(out)
