import hashlib

import numpy as np
import pandas as pd
import pytest

from xray_core.datasets.splits import ROLES, split_patients, tie_patients
from xray_core.errors import ConfigError, DatasetError


@pytest.fixture
def table():
    """Return 3,000 films of 1,000 patients in two sources, some of them of two labels."""
    rng = np.random.default_rng(11)
    patient = rng.integers(0, 1000, 3000)
    return pd.DataFrame(
        {
            "patient": [f"p-{n}" for n in patient],
            "source": np.where(patient < 700, "a", "b"),
            "label": np.where(patient % 3 == 0, "NORMAL", rng.choice(["BACTERIAL", "VIRAL"], 3000)),
            "sha256": [hashlib.sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(3000)],
        }
    )


def test_a_patient_is_never_divided(table):
    roles = split_patients(table, seed=1)
    assert roles.groupby(table["patient"]).nunique().max() == 1
    assert set(roles) == set(ROLES)


@pytest.mark.parametrize("of", ["source", "label"])
def test_every_stratum_is_divided_by_the_fractions(table, of):
    roles = split_patients(table, (0.6, 0.3, 0.1), seed=1)
    for _, rows in table.groupby(of):
        shares = roles[rows.index].value_counts(normalize=True)
        assert shares["train"] == pytest.approx(0.6, abs=0.05)
        assert shares["validation"] == pytest.approx(0.3, abs=0.05)


def test_the_order_of_the_rows_does_not_matter(table):
    shuffled = table.sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(
        split_patients(table, seed=4), split_patients(shuffled, seed=4).sort_index()
    )


def test_another_seed_divides_otherwise(table):
    assert (split_patients(table, seed=1) != split_patients(table, seed=2)).mean() > 0.1


def test_patients_who_share_a_film_stay_together(table):
    chain = [f"p-{n}" for n in range(0, 60, 2)]
    rows = [
        {"patient": patient, "source": "a", "label": "NORMAL", "sha256": f"shared-{link}"}
        for i, patient in enumerate(chain)
        for link in (i, i + 1)
    ]
    joined = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
    roles = split_patients(joined, seed=1)
    assert roles[joined["patient"].isin(chain)].nunique() == 1


def test_ties_are_followed_to_the_end():
    films = [("d", "1"), ("c", "1"), ("b", "2"), ("a", "3"), ("b", "3"), ("c", "2"), ("e", "4")]
    assert tie_patients(films) == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e"}


@pytest.mark.parametrize("fractions", [(0.8, 0.2), (0.8, 0.1, 0.2), (1.2, -0.1, -0.1)])
def test_fractions_that_are_none_are_refused(table, fractions):
    with pytest.raises(ConfigError, match="three shares that sum to 1"):
        split_patients(table, fractions)


def test_no_films_cannot_be_divided(table):
    with pytest.raises(DatasetError, match="no films"):
        split_patients(table.iloc[:0])
