"""The kernel inception distance: the library's own, and clear words where it cannot be had."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.errors import GanfxError, UsageError
from ganfx.quality.inception import InceptionJudge

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("torch_fidelity") is None, reason="torch-fidelity is not installed"
)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    with pytest.raises(GanfxError, match="needs torch-fidelity") as told:
        InceptionJudge()
    assert "ganfx[kid]" in (told.value.hint or "")


@needs_library
def test_weights_that_are_nowhere_are_told_and_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(GanfxError, match=r"weights-inception.* is not there"):
        InceptionJudge()
    with pytest.raises(UsageError, match=r"--weights .*no such file"):
        InceptionJudge(tmp_path / "none.pth")


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code in weights",)


@needs_library
def test_weights_that_are_none_are_refused_before_they_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(_Runs(), protocol=2))
    with pytest.raises(UsageError, match="no weights of Inception"):
        InceptionJudge(path)
    for other in ({"fc.weight": torch.zeros(3)}, [1.0]):
        torch.save(other, path)
        with pytest.raises(UsageError, match="no weights of Inception"):
            InceptionJudge(path)
    assert "code in weights" not in capsys.readouterr().out


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> InceptionJudge:
    """With random weights in the library's layout."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    path = tmp_path_factory.mktemp("inception") / "weights.pth"
    with pytest.MonkeyPatch.context() as patch:
        torch.manual_seed(0)
        patch.setattr(FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
        patch.setattr(torch, "load", lambda *_, **__: {})
        torch.save(FeatureExtractorInceptionV3("x", ["2048"], "x").state_dict(), path)
    return InceptionJudge(path)


@needs_library
def test_pictures_are_described_one_by_one_whatever_their_size(judge: InceptionJudge) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in ((40, 60), (64, 32))]
    both = judge.describe(pictures)
    assert both.shape == (2, 2048)
    assert torch.equal(both[1:], judge.describe(pictures[1:]))


@needs_library
def test_the_estimate_is_unbiased_and_its_error_that_of_halves(judge: InceptionJudge) -> None:
    torch.manual_seed(1)
    first, second = torch.randn(60, 2048), torch.randn(60, 2048)
    same, far = judge.distance(first, second), judge.distance(first, second + 1.0)
    assert abs(same.mean) < 5 * same.error
    assert same.error > 0.0
    assert far.mean > 20 * far.error
    # (1 + x . y / D)^3 with all rows of a set alike, 0 and 1: 1 of 0 and 0, 8 of 1 and 1, 1 between
    constant = judge.distance(torch.zeros(6, 2048), torch.ones(6, 2048))
    assert (constant.mean, constant.error) == (pytest.approx(1 + 8 - 2 * 1), pytest.approx(0.0))


@needs_library
def test_three_pictures_say_nothing(judge: InceptionJudge) -> None:
    with pytest.raises(UsageError, match="of 3 pictures says nothing"):
        judge.distance(torch.zeros(3, 2048), torch.ones(6, 2048))
