"""What is known of real films is found in them."""

import pytest

from xray_core.datasets.audit import Verdict, audit
from xray_core.datasets.joined import join_datasets
from xray_core.datasets.open import open_dataset

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_duplicates_and_the_border_of_kermany_2018_are_found(home, real_data):
    result = audit(open_dataset(real_data / "chest_xray", hashed=False))
    assert (result.exact_groups, result.exact_pairs) == (24, 28)
    border = next(probe for probe in result.probes if probe.name == "border")
    assert border.auc == pytest.approx(0.984, abs=0.01)
    assert border.contrast == "NORMAL against the rest"
    assert border.verdict is result.verdict is Verdict.SERIOUS


def test_full_size_films_are_found_to_be_the_small_ones(home, real_data):
    small = open_dataset(real_data / "chest_xray", hashed=False)
    full = open_dataset(real_data / "fullres_samples", hashed=False)
    names = {path.rsplit("/", 1)[-1] for path in full.table["path"]}
    same = small.table["path"].str.rsplit("/", n=1).str[-1].isin(names)
    result = audit(join_datasets([small.subset(same.to_numpy()), full]))
    assert (result.films, result.near_pairs) == (48, 24)
    assert all(p.first.rsplit("/")[-1] == p.second.rsplit("/")[-1] for p in result.pairs)
