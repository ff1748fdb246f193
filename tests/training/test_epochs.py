"""Rate, end and best epoch follow from the configuration and the epochs so far."""

import pytest

from xray_core.training.epochs import EpochRecord, best_of, is_best, is_over, rate_of


def history(*losses, stressed=0.0):
    return [EpochRecord(i + 1, 1.0, loss, 0.9, stressed, 0.9, 0.1) for i, loss in enumerate(losses)]


@pytest.fixture
def config(quick_config):
    return quick_config.model_copy(update={"rate": 1.0, "rate_factor": 0.5, "epochs": 9})


def with_schedule(config, schedule, **more):
    return config.model_copy(update={"schedule": schedule, **more})


def test_a_constant_rate_stays(config):
    assert rate_of(with_schedule(config, "constant"), history(3, 3, 3, 3)) == 1.0


def test_steps_lower_the_rate_after_the_epochs_that_are_named(config):
    steps = with_schedule(config, "steps", rate_steps=(1, 3))
    rates = [rate_of(steps, history(*[1.0] * done)) for done in range(5)]
    assert rates == [1.0, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    ("losses", "rate"),
    [((3, 2, 1), 1.0), ((3, 3, 3), 0.5), ((3, 3, 3, 3, 3), 0.25), ((3, 4, 2, 2, 1), 1.0)],
)
def test_a_plateau_lowers_the_rate_whenever_the_loss_stood_still(config, losses, rate):
    plateau = with_schedule(config, "plateau", plateau_patience=2, best="validation")
    assert rate_of(plateau, history(*losses)) == rate


def test_it_ends_when_no_epoch_was_better_for_too_long(config):
    patient = config.model_copy(update={"early_stopping": 2, "best": "validation"})
    assert not is_over(patient, history(3, 2, 4))
    assert is_over(patient, history(3, 2, 4, 5))
    assert not is_over(patient, history(3, 2, 4, 1))
    assert not is_over(config, history(3, 2, 4, 5))
    assert is_over(config, history(*range(9)))


@pytest.mark.parametrize(
    ("best", "stressed", "epoch"),
    [("validation", 0.0, 2), ("validation", 9.0, 2), ("last", 0.0, 3), ("stressed", 9.0, 3)],
)
def test_the_best_epoch_is_as_chosen_and_is_the_one_whose_weights_were_written(
    config, best, stressed, epoch
):
    chosen = config.model_copy(update={"best": best})
    epochs = history(3, 1, 2, stressed=stressed)
    assert best_of(chosen, epochs).epoch == epoch
    written = [i for i in (1, 2, 3) if is_best(chosen, epochs[:i])]
    assert written[-1] == epoch
