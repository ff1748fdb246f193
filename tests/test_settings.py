"""Addresses of databases and servers are shown without the password in them."""

import pytest

from xray_core.settings import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://user:S3cret@host/db", "postgresql://…@host/db"),
        ("postgresql+psycopg2://user:a@b/S3cret@host:5/db", "postgresql+psycopg2://…@host:5/db"),
        ("no http://token@h:5000, nor tcp://u:p@h:1.", "no http://…@h:5000, nor tcp://…@h:1."),
        ("postgresql://h/db?user=u&password=S3cret&x=1", "postgresql://h/db?user=u&password=…&x=1"),
        ("http://host:5000/api", "http://host:5000/api"),
        ("sqlite:////home/a@b/mlflow.db", "sqlite:////home/a@b/mlflow.db"),
        ("a film of x@y", "a film of x@y"),
    ],
)
def test_user_and_password_of_an_address_are_not_shown(text, shown):
    assert masked(text) == shown
