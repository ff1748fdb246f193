"""What a training gets of TensorFlow's kernels."""

import pytest

from xray_core.child_process import environment
from xray_core.onednn import VARIABLE, ask_for_onednn


def test_a_process_that_trains_uses_the_quick_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert environment()[VARIABLE] == "1"


def test_what_the_user_has_decided_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0")
    ask_for_onednn()
    assert environment()[VARIABLE] == "0"
