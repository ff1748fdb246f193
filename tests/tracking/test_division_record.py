"""Which film had which role is in the run, whatever rule divided the patients."""

import hashlib

import pandas as pd
import pytest

from xray_core.tracking.division import log_division
from xray_core.tracking.runs import create_run, read_run
from xray_core.training.config import TrainingConfig
from xray_core.training.films import FilmSet


@pytest.fixture
def config(tmp_path):
    data = [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}]
    return TrainingConfig.model_validate(
        {
            "name": "divided",
            "title": "Divided",
            "network": "residual",
            "data": data,
            "division": {"by": "random"},
            "confounders": "None that is known.",
            "operating_point": {"source": "set"},
        }
    )


def film_set(role, *films):
    rows = [
        {"source": source, "path": path, "sha256": path * 2, "patient": f"p-{path}", "label": "X"}
        for source, path in films
    ]
    return FilmSet(pd.DataFrame(rows).assign(role=role), None, None)


@pytest.fixture
def films():
    return {
        "train": film_set("train", ("set", "b"), ("phantom", "drawn"), ("set", "a")),
        "validation": film_set("validation", ("set", "d")),
        "stressed_validation": film_set("validation", ("set", "d")),
        "internal_test": film_set("internal_test", ("set", "c")),
    }


def test_every_film_has_its_role_in_the_run_and_phantoms_have_none(home, config, films):
    run = create_run(config, {})
    log_division(run, films)
    path = home / "mlflow" / run / "artifacts" / "data" / "division.csv"
    assert path.read_text().splitlines() == [
        "source,path,sha256,patient,label,role",
        "set,a,aa,p-a,X,train",
        "set,b,bb,p-b,X,train",
        "set,c,cc,p-c,X,internal_test",
        "set,d,dd,p-d,X,validation",
    ]
    noted = read_run(run).tags["kerley.division_sha256"]
    assert noted == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_that_divides_more_than_once_holds_each_division(home, config, films):
    run = create_run(config, {})
    for number in (1, 2):
        log_division(run, films, f"fold-{number}")
        films["validation"], films["internal_test"] = films["internal_test"], films["validation"]
    artifacts = home / "mlflow" / run / "artifacts" / "data"
    assert {path.name for path in artifacts.iterdir()} == {
        "division-fold-1.csv",
        "division-fold-2.csv",
    }
