"""Whatever is chosen trains; what was interrupted goes on as if it had not been."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xray_core.networks.transfer import TransferStrategy
from xray_core.training import fit as fitting
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import VALIDATION, FilmSet
from xray_core.training.fit import fit, logits

Films = dict[str, FilmSet]
SGD = {"optimiser": "sgd", "schedule": "plateau", "imbalance": "class-weights"}
RMSPROP = {"optimiser": "rmsprop", "schedule": "constant", "imbalance": "focal"}
ADAM = {"optimiser": "adam", "schedule": "steps", "rate_steps": (1,), "imbalance": "oversampling"}
THAWED = TransferStrategy(kind="frozen-then-all", unfreeze_epoch=1, fine_rate_factor=0.1)


def chosen(config: TrainingConfig, **changes: Any) -> TrainingConfig:
    return TrainingConfig.model_validate(config.model_dump() | changes)


@pytest.mark.parametrize(
    ("changes", "rates"),
    [(SGD, [1e-3, 1e-3]), (RMSPROP, [1e-3, 1e-3]), (ADAM, [1e-3, 3e-4])],
    ids=["sgd", "rmsprop", "adam"],
)
def test_every_choice_trains_at_the_rate_that_it_says(
    quick_config: TrainingConfig,
    drawn_films: Films,
    tmp_path: Path,
    changes: dict[str, Any],
    rates: list[float],
) -> None:
    config = chosen(quick_config, network="ann-10", rate=1e-3, epochs=2, **changes)
    _, history = fit(config, drawn_films, tmp_path)
    assert [record.rate for record in history] == pytest.approx(rates)
    assert all(np.isfinite(record.worst_loss) for record in history)
    assert all(0 <= (record.validation_recall or 0) <= 1 for record in history)


def test_films_are_scored_some_at_a_time_and_give_what_all_at_once_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    class Brightness:
        def predict(self, inputs: Any, **_: object) -> Any:
            seen.append(len(inputs))
            return inputs.mean(axis=(1, 2))

    films = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 4, 4), np.float32)
    monkeypatch.setattr(fitting, "SCORED_AT_ONCE", 4)
    assert logits(Brightness(), films)[:, 0].tolist() == list(range(10))
    assert seen == [4, 4, 2]


def test_other_weights_to_start_from_are_another_run(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    weights = tmp_path / "start.weights.h5"
    config = chosen(quick_config, network="ann-10", epochs=1)
    first, _ = fit(config, drawn_films, tmp_path / "first")
    first.save_weights(weights)
    config, epochs = chosen(config, start=str(weights)), list[int]()
    for _ in range(2):
        fit(config, drawn_films, tmp_path / "run", lambda record, _: epochs.append(record.epoch))
    assert epochs == [1]
    fit(config, drawn_films, tmp_path / "other")[0].save_weights(weights)
    fit(config, drawn_films, tmp_path / "run", lambda record, _: epochs.append(record.epoch))
    assert epochs == [1, 1]


def test_frozen_layers_are_let_go_at_their_rate(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    config = chosen(
        quick_config,
        network="cnn-tiny",
        transfer=THAWED,
        epochs=2,
        schedule="constant",
        best="last",
        rate=1e-2,
    )
    _, history = fit(config, drawn_films, tmp_path)
    assert [record.rate for record in history] == pytest.approx([1e-2, 1e-3])


def test_it_stops_early_and_keeps_the_best_epoch(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    config = chosen(
        quick_config,
        network="ann-10",
        optimiser="sgd",
        schedule="constant",
        rate=1e-12,
        epochs=9,
        early_stopping=2,
        best="validation",
    )
    _, history = fit(config, drawn_films, tmp_path)
    assert len(history) == 3


def test_steps_are_reported_up_to_the_last(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    steps: list[tuple[int, int, int]] = []
    config = chosen(quick_config, network="ann-10", epochs=1)
    fit(config, drawn_films, tmp_path, on_step=lambda *step: steps.append(step[:3]))
    assert steps == [(1, 1, 4), (1, 2, 4), (1, 3, 4), (1, 4, 4)]


@pytest.fixture
def deterministic() -> Iterator[None]:
    """Ends what holds for the rest of a process, so that other tests are as they are alone."""
    from tensorflow.python.framework import config

    yield
    config.disable_op_determinism()


@pytest.mark.parametrize(
    "changes",
    [
        {"network": "ann-deep-dropout", "schedule": "plateau", "plateau_patience": 1},
        pytest.param(
            {"network": "cnn-tiny", "schedule": "cosine", "augmentation": {"mix_style": 0.5}},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"network": "cnn-strided", "input_size": 64, "schedule": "cosine"},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"network": "cnn-tiny", "schedule": "cosine", "transfer": THAWED, "epochs": 4},
            marks=pytest.mark.slow,
        ),
    ],
    ids=["dropout", "style mixed", "random layers", "thawed"],
)
def test_an_interrupted_run_is_the_uninterrupted_one_bit_for_bit(
    quick_config: TrainingConfig,
    drawn_films: Films,
    tmp_path: Path,
    changes: dict[str, Any],
    deterministic: None,
) -> None:
    small = {"input_size": 32} | changes
    config = chosen(quick_config, deterministic=True, optimiser="adam", **small)
    if config.size != 32:
        drawn_films = {role: larger(films, 2) for role, films in drawn_films.items()}
    whole, expected = fit(config, drawn_films, tmp_path / "whole")

    class PowerCut(Exception):
        pass

    def cut(record: EpochRecord, _: int) -> None:
        if record.epoch == 2:
            raise PowerCut

    with pytest.raises(PowerCut):
        fit(config, drawn_films, tmp_path / "cut", cut)
    resumed, history = fit(config, drawn_films, tmp_path / "cut")
    assert history == expected
    inputs = drawn_films[VALIDATION].images
    np.testing.assert_array_equal(logits(resumed, inputs), logits(whole, inputs))


def larger(films: FilmSet, times: int) -> FilmSet:
    images = films.images.repeat(times, axis=1).repeat(times, axis=2)
    return FilmSet(films.table, images, films.allowed)
