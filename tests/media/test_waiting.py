"""Idle threads of the network sleep soon, unless their owner has said how they wait."""

import os
import subprocess
import sys

import pytest

from ganfx.media.waiting import CHOICES, SPINS, sleep_when_idle


@pytest.fixture(autouse=True)
def _unchosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CHOICES:
        monkeypatch.setenv(name, "")  # so that it is put back, whatever is set in between
        monkeypatch.delenv(name)


def test_threads_spin_shortly():
    sleep_when_idle()
    assert os.environ["GOMP_SPINCOUNT"] == SPINS
    assert "OMP_WAIT_POLICY" not in os.environ


@pytest.mark.parametrize("name", CHOICES)
def test_what_an_owner_chose_stays(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, "passive")
    sleep_when_idle()
    assert [os.environ.get(each) for each in CHOICES if each != name] == [None]
    assert os.environ[name] == "passive"


def test_it_is_said_before_anything_that_has_to_know_is_imported():
    command = "import sys; import ganfx.media.waiting; print({'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert done.stdout == "set()\n"
