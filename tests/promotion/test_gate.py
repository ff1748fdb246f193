"""A worse challenger is refused; one that is as good or better, on enough films, is not."""

from dataclasses import replace

import numpy as np
import pytest
from gatetools import HIT, MISS, QUIET, Said, films, reads

from xray_core.errors import PromotionError
from xray_core.promotion.evidence import weigh
from xray_core.promotion.gate import judge


def check(gate, name):
    return next(one for one in gate.checks if one.name == name)


def failed(gate):
    return [one.name for one in gate.failed]


def test_an_equal_challenger_passes(evidence):
    gate = judge(evidence(reads(missed=9), reads(missed=9)))
    assert gate.passed and (gate.films, gate.patients) == (500, 500)
    assert [one.name for one in gate.checks] == [
        "sensitivity", "specificity", "calibration", "shortcuts", "unseen", "intact",
    ]  # fmt: skip


def test_a_better_challenger_passes(evidence):
    gate = judge(evidence(reads(missed=15), reads(missed=3)))
    assert gate.passed
    assert check(gate, "sensitivity").figures["difference"] == pytest.approx(12 / 300)


def test_a_challenger_that_misses_more_is_refused_and_told_why(evidence):
    gate = judge(evidence(reads(missed=3), reads(missed=18)))
    said = check(gate, "sensitivity")
    assert failed(gate) == ["sensitivity"]
    assert said.figures["only_champion_right"] == 15 and said.figures["only_challenger_right"] == 0
    assert "94.0 % against the champion's 99.0 %" in said.said
    assert "allowed is −2.00 percentage points" in said.said


def test_a_challenger_that_might_be_worse_is_refused_although_it_looks_the_same(evidence):
    """Each misses 20 films that the other finds: no difference, and no certainty."""
    gate = judge(evidence(reads(missed=20), reads(missed=20, first=100)))
    said = check(gate, "sensitivity")
    assert not said.passed and said.figures["difference"] == 0
    assert said.figures["needed_patients"] > 1000
    assert f"about {said.figures['needed_patients']:,} (" in said.said
    assert judge(evidence(reads(missed=20), reads(missed=20, first=100)), margin=0.1).passed


def test_a_challenger_that_calls_every_film_pneumonia_is_refused(evidence):
    """It misses none, so sensitivity alone would let it pass."""
    gate = judge(evidence(reads(missed=9), Said([HIT] * 300, [HIT] * 200)))
    said = check(gate, "specificity")
    assert check(gate, "sensitivity").passed and "specificity" in failed(gate)
    assert "0.0 % against the champion's 100.0 %" in said.said
    assert "calls 0 films normal that the champion calls pneumonia and calls 200" in said.said
    assert "allowed is −5.00" in said.said


def test_a_few_more_false_alarms_are_allowed_as_far_as_the_margin(evidence):
    def alarms(count):
        return evidence(reads(), Said([HIT] * 300, [HIT] * count + [MISS] * (200 - count)))

    assert check(judge(alarms(2)), "specificity").passed
    assert not check(judge(alarms(8)), "specificity").passed
    assert check(judge(alarms(8), specificity_margin=0.1), "specificity").passed


def test_few_normal_films_prove_nothing_and_it_is_said_how_many_are_needed(evidence):
    said = check(judge(evidence(reads(well=51), reads(well=51))), "specificity")
    assert not said.passed
    assert "There are 51 films without pneumonia of 51 patients" in said.said
    assert "needs films of at least 52 patients" in said.said
    assert check(judge(evidence(reads(well=52), reads(well=52))), "specificity").passed


def test_refusing_normal_films_is_a_false_alarm(evidence):
    gate = judge(evidence(reads(), Said([HIT] * 300, [QUIET] * 30 + [MISS] * 170)))
    assert failed(gate) == ["specificity"]
    assert "30 that only the champion judges count as false alarms" in (
        check(gate, "specificity").said
    )


def test_a_challenger_that_abstains_is_counted(evidence):
    found = evidence(reads(), reads())
    shy = replace(
        found.challenger,
        scores=tuple(replace(score, abstain=True) for score in found.challenger.scores),
    )
    gate = judge(weigh(shy, found.champion, films(300, 200)))
    for name, count in (("sensitivity", 300), ("specificity", 200)):
        said = check(gate, name)
        assert said.figures["challenger_abstains"] == count
        assert f"abstain on {count} of these films and the champion on 0" in said.said


def test_few_films_prove_nothing_and_the_page_can_say_how_many_are_needed(evidence):
    gate = judge(evidence(reads(ill=132), reads(ill=132)))
    said = check(gate, "sensitivity")
    assert failed(gate) == ["sensitivity"]
    assert "needs films of at least 133 patients" in said.said
    assert "There are 132 films with pneumonia of 132 patients" in said.said
    assert judge(evidence(reads(ill=133), reads(ill=133))).passed


def test_films_of_one_patient_count_once(evidence):
    gate = judge(evidence(reads(), reads(), per_patient=5))
    assert failed(gate) == ["sensitivity", "specificity"]
    assert check(gate, "sensitivity").figures["patients"] == 60
    assert check(gate, "specificity").figures["patients"] == 40


def test_refusing_what_is_hard_is_missing_it(evidence):
    hard = Said([QUIET] * 30 + [0.98] * 270, [0.02] * 200)
    gate = judge(evidence(reads(missed=3), hard))
    assert failed(gate) == ["sensitivity"]
    assert "30 that only the champion judges count as missed" in check(gate, "sensitivity").said


def test_what_the_champion_refuses_is_left_out(evidence):
    picky = Said([QUIET] * 30 + [0.98] * 270, [0.02] * 200)
    gate = judge(evidence(picky, reads()))
    assert gate.passed and gate.films == 470


def test_probabilities_that_mislead_are_refused(evidence):
    """It decides as the champion does, but says 55 % where it is right every time."""
    vague = Said([0.55] * 300, [0.45] * 200)
    gate = judge(evidence(reads(), vague))
    assert failed(gate) == ["calibration"]
    said = check(gate, "calibration")
    assert said.figures["ece"] == pytest.approx(0.45) and said.figures["bound"] == 0.05


def test_calibration_no_worse_than_the_champions_is_enough(evidence):
    vague = Said([0.55] * 300, [0.45] * 200)
    assert judge(evidence(vague, vague)).passed


def test_a_challenger_that_reads_the_frame_is_refused(evidence):
    frame = reads()
    frame.lungs_blanked = [0.9] * 200 + [0.1] * 100 + [0.1] * 200
    gate = judge(evidence(reads(), frame))
    assert failed(gate) == ["shortcuts"]
    found = check(gate, "shortcuts")
    assert found.figures["auc_lungs_blanked"] == pytest.approx(0.5 + 1 / 3)
    assert found.figures["difference"] == pytest.approx(1 / 3, abs=0.03)
    assert "leans on it more than the champion, by more than chance" in found.said
    both = judge(evidence(frame, frame))
    assert both.passed, "the champion leans on it as much"


def test_a_challenger_that_reads_the_frame_the_wrong_way_round_is_refused_too(evidence):
    frame = reads()
    frame.lungs_blanked = [0.1] * 200 + [0.9] * 100 + [0.9] * 200
    assert failed(judge(evidence(reads(), frame))) == ["shortcuts"]
    straight = reads()
    straight.lungs_blanked = [1 - p for p in frame.lungs_blanked]
    assert judge(evidence(straight, frame)).passed, "above 0.5 is reliance as much as below"
    back = judge(evidence(frame, reads()))
    assert back.passed and "leans on it less" in check(back, "shortcuts").said


@pytest.mark.parametrize("well", [3, 45])
def test_few_films_tell_nothing_of_shortcuts_and_do_not_pass(evidence, well):
    """Champion and challenger are one network, so that no resampling tells them apart."""
    gate = judge(evidence(reads(ill=45, well=well), reads(ill=45, well=well)), margin=0.1)
    found = check(gate, "shortcuts")
    assert not found.passed and found.figures["difference"] == 0
    assert f"45 patients with pneumonia and {well} without show a reliance from" in found.said
    assert "about 46 patients of each kind are needed" in found.said


def test_enough_films_do_that_tell_the_two_apart_by_little(evidence):
    gate = judge(evidence(reads(ill=46, well=46), reads(ill=46, well=46)), margin=0.1)
    assert check(gate, "shortcuts").passed


def test_a_difference_that_could_be_large_is_not_passed_over(evidence):
    """Each model without lungs says something, and what it says depends on nothing."""
    rng = np.random.default_rng(3)
    one, other = reads(ill=60, well=60), reads(ill=60, well=60)
    one.lungs_blanked, other.lungs_blanked = rng.random(120).tolist(), rng.random(120).tolist()
    found = check(judge(evidence(one, other)), "shortcuts")
    low, high = found.figures["difference_ci"]
    assert low < 0 < 0.1 < high
    assert not found.passed and "by 0.10 is not ruled out" in found.said


def test_films_that_either_has_seen_are_left_out_and_counted(evidence):
    champion, challenger = reads(), reads()
    champion.seen, challenger.seen = list(range(10)), list(range(5, 25))
    gate = judge(evidence(champion, challenger))
    said = check(gate, "unseen")
    assert gate.passed and gate.films == 475
    assert said.figures["seen_by_challenger"] == 20 and said.figures["seen_by_champion"] == 10
    assert "20 by the challenger and 10 by the champion" in said.said


def test_a_model_that_has_seen_most_of_a_set_cannot_win_on_it(evidence):
    challenger = reads()
    challenger.seen = list(range(300, 500)) + list(range(60))
    gate = judge(evidence(reads(), challenger))
    assert "unseen" in failed(gate)
    assert "260 of the 500 films, more than half" in check(gate, "unseen").said


def test_a_bundle_that_names_no_film_may_have_seen_them_all(evidence):
    silent = replace(evidence(reads(), reads()), unlisted=frozenset({"other"}))
    gate = judge(silent)
    assert failed(gate) == ["unseen"]
    assert "challenger's films.csv names no film" in check(gate, "unseen").said


def test_a_file_that_changes_after_the_scoring_is_noticed(evidence, two_models):
    found = evidence(reads(), reads())
    (two_models / "README.md").write_text("another card")
    gate = judge(found)
    assert failed(gate) == ["intact"]
    assert "its files were changed" in check(gate, "intact").said


def test_without_a_champion_there_is_nothing_to_be_worse_than(evidence):
    gate = judge(evidence(None, reads()))
    assert gate.passed and gate.champion is None
    assert "no champion yet" in check(gate, "sensitivity").said
    alarmed = check(judge(evidence(None, Said([HIT] * 300, [HIT] * 200))), "specificity")
    assert "has 0.0 % of 200 films without pneumonia right" in alarmed.said


@pytest.mark.parametrize("kind", ["ill", "well"])
def test_films_of_one_kind_prove_too_little(evidence, kind):
    one = reads(ill=300, well=0) if kind == "ill" else reads(ill=0, well=300)
    gate = judge(evidence(one, one))
    assert "shortcuts" in failed(gate)
    assert ("sensitivity" in failed(gate)) is (kind == "well")
    assert ("specificity" in failed(gate)) is (kind == "ill")


def test_without_a_single_film_nothing_passes_but_the_files(evidence):
    nothing = Said([QUIET], [QUIET])
    gate = judge(evidence(nothing, nothing))
    assert failed(gate) == ["sensitivity", "specificity", "calibration", "shortcuts", "unseen"]


def test_films_that_the_challenger_has_no_class_for_count_as_missed(evidence):
    found = evidence(reads(), reads())
    usable = found.challenger.usable.copy()
    usable[:40] = False
    narrow = replace(found.challenger, usable=usable)
    gate = judge(weigh(narrow, found.champion, films(300, 200)))
    assert failed(gate) == ["sensitivity"]
    assert check(gate, "sensitivity").figures["counted_as_wrong"] == 40


@pytest.mark.parametrize("margin", [0, -0.1, 0.5, float("nan")])
def test_a_margin_that_is_none_is_refused(evidence, margin):
    with pytest.raises(PromotionError, match=r"is not from 0\.001 to 0\.2"):
        judge(evidence(reads(), reads()), margin)
    with pytest.raises(PromotionError, match=r"is not from 0\.001 to 0\.2"):
        judge(evidence(reads(), reads()), specificity_margin=margin)


def test_a_bound_that_fails_does_not_read_as_the_limit(evidence):
    """133 patients are enough for two points; 131 miss it by two hundredths of one."""
    said = check(judge(evidence(reads(ill=131), reads(ill=131))), "sensitivity")
    assert not said.passed
    assert "no worse than −2.02 percentage points; allowed is −2.00" in said.said


def test_a_calibration_error_that_fails_does_not_read_as_the_bound(evidence):
    vague = Said([0.9497] * 300, [0.0503] * 200)
    said = check(judge(evidence(reads(), vague)), "calibration")
    assert not said.passed
    assert "is 0.0503" in said.said and said.title == "Calibration error at most 0.0500"
