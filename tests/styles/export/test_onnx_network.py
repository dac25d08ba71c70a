"""Networks as ONNX: what the look's own makes, at every size, of documented operators alone."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from ganfx.preset import ModelConfig
from ganfx.styles.export.onnx_network import Form, onnx_network
from ganfx.styles.export.parity import expected, trial_picture
from ganfx.styles.export.runtimes import in_onnx_runtime
from tests.models.test_plain import COLORS, CONFIGS, trained

ALL = {**CONFIGS, "colors": COLORS}
FORMS = {"bare": Form(), "pads": Form(pads=True), "half": Form(half=True)}


def built(config: ModelConfig, form: Form, opset: int = 15) -> onnx.ModelProto:
    return onnx_network(trained(config), form, name="look", opset=opset)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("config", ALL.values(), ids=ALL.keys())
def test_it_makes_what_the_generator_makes(config: ModelConfig, form: Form) -> None:
    run = in_onnx_runtime(built(config, form).SerializeToString(), threads=1)

    for height, width in ((24, 40), (40, 16)):
        picture = trial_picture(height + form.pads, width - 3 * form.pads, seed=height)
        apart = np.abs(run(picture) - expected(trained(config), picture, pads=form.pads))
        assert apart.max() <= (1 / 255 if form.half else 1e-5)


@pytest.mark.parametrize("opset", [13, 15, 18, 21, 25])
def test_operators_mean_the_same_in_every_version(opset: int) -> None:
    model = built(CONFIGS["areas"], Form(pads=True), opset)
    onnx.checker.check_model(model, full_check=True)
    picture = trial_picture(22, 18, seed=opset)

    first = in_onnx_runtime(built(CONFIGS["areas"], Form(pads=True)).SerializeToString(), 1)
    assert np.array_equal(in_onnx_runtime(model.SerializeToString(), 1)(picture), first(picture))


def test_a_fixed_size_leaves_nothing_to_be_worked_out_from_it() -> None:
    size = (18, 26)
    model = built(CONFIGS["areas"], Form(pads=True, size=size))
    picture = trial_picture(*size, seed=0)

    sides = [each.dim_value for each in model.graph.input[0].type.tensor_type.shape.dim]
    assert sides == [1, 3, 18, 26]
    assert not {"Shape", "Range", "Mod"} & {node.op_type for node in model.graph.node}
    made = in_onnx_runtime(model.SerializeToString(), 1)(picture)
    assert np.abs(made - expected(trained(CONFIGS["areas"]), picture, pads=True)).max() < 1e-5


def test_equal_looks_give_equal_bytes_without_a_path() -> None:
    first, second = (built(CONFIGS["guides"], Form()).SerializeToString() for _ in range(2))

    assert first == second
    assert b"ganfx/" not in first


def test_half_precision_halves_the_file() -> None:
    config = ModelConfig(channels=(16, 32), blocks=1)
    full, half = (built(config, Form(half=half)).ByteSize() for half in (False, True))

    assert half < 0.6 * full
