"""On a GPU: training runs there and moves between devices, and pixels agree with the CPU's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.farm.probe import distances, take_probe
from ganfx.models.compiling import Compiled
from ganfx.models.generator import Generator
from ganfx.models.graphs import Graphed
from ganfx.preset import ModelConfig, Preset, load_preset
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.styles.library import BUILT_IN
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.tiling import stylize_image
from ganfx.stylize.temporal.device_filter import device_stabilized
from ganfx.stylize.temporal.device_frame import device_frame
from ganfx.stylize.temporal.device_memory import DeviceMemory
from ganfx.stylize.temporal.device_motion import DeviceMotion
from ganfx.training import train
from ganfx.training.data import Batch
from ganfx.training.dry_run import estimate_cost
from ganfx.training.events import Notice, StepDone, TrainingDone, TrainingStarted
from ganfx.training.losses import ADVERSARIAL_LOSSES
from ganfx.training.state import new_state
from ganfx.training.step import take_step

DEVICE = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]
ALL_TERMS = ("edges", "style", "swd", "gram", "structure", "perceptual", "contrast", "identity")
ALL_TERMS += ("variation", "shift", "warp", "noise")


def short(*overrides: str) -> Preset:
    small = ("train.steps=4", "data.samples=4", "train.crop_size=64", "train.compile=on")
    return load_preset("noir", [*small, *overrides])


def test_training_runs_on_the_gpu_and_ends_with_a_style(tmp_path: Path) -> None:
    events = list(train(short(), tmp_path / "run", device=DEVICE))

    (started,) = (event for event in events if isinstance(event, TrainingStarted))
    assert not started.device.startswith("CPU")
    assert not [e for e in events if isinstance(e, Notice) and "uncompiled" in e.message]
    assert isinstance(events[-1], TrainingDone)
    assert events[-1].style.is_file()


@pytest.mark.parametrize("adversarial", ADVERSARIAL_LOSSES)
def test_every_loss_can_be_learned_from(tmp_path: Path, adversarial: str) -> None:
    terms = [f"loss.{name}=0.5" for name in ALL_TERMS]
    preset = short(f"loss.adversarial={adversarial}", "augment.adaptive=true", *terms)
    *events, done = train(preset, tmp_path / "run", device=DEVICE)

    assert isinstance(done, TrainingDone)
    (last,) = (e.losses for e in events if isinstance(e, StepDone) and e.step == 4)
    assert last is not None
    assert all(np.isfinite(value) for value in last.values())
    assert set(ALL_TERMS) - {"edges"} <= set(last)


@pytest.mark.parametrize(("first", "then"), [(DEVICE, "cpu"), ("cpu", DEVICE)])
def test_a_run_goes_on_on_another_device(tmp_path: Path, first: str, then: str) -> None:
    events = train(short(), tmp_path / "run", device=first)
    next(event for event in events if isinstance(event, StepDone) and event.step == 2)
    events.close()

    *events, done = train(short(), tmp_path / "run", device=then, resume=True)
    (started,) = (event for event in events if isinstance(event, TrainingStarted))
    assert started.first_step == 3
    assert isinstance(done, TrainingDone)


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_step_never_waits_for_the_gpu(adaptive: bool) -> None:
    terms = [f"loss.{name}=0.5" for name in (*ALL_TERMS, "restore")]
    overrides = (*terms, "train.compile=off", "model.color_start=true", "loss.balance=true")
    preset = short(*overrides, f"augment.adaptive={str(adaptive).lower()}")
    state = new_state(preset, torch.device(DEVICE))
    crops = torch.randint(0, 256, (2, preset.train.batch_size, 3, 64, 64), dtype=torch.uint8)
    batch = Batch(crops[0].pin_memory(), crops[1].pin_memory(), None)
    for _ in range(3):  # makes what is kept
        take_step(state, batch)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        take_step(state, batch)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_what_a_run_takes_is_told_of_the_gpu() -> None:
    found = estimate_cost(short(), device=DEVICE)
    assert found.seconds_per_step > 0
    assert found.memory


def test_every_look_is_within_one_code_value_of_the_cpus() -> None:
    apart = distances(take_probe(device="cpu"), take_probe(device=DEVICE))
    assert max(apart.values()) <= 1, apart


@torch.no_grad()
def test_tiles_make_the_picture_that_one_piece_does() -> None:
    torch.manual_seed(0)
    generator = Generator(ModelConfig()).eval().requires_grad_(False).to(DEVICE)
    for parameter in generator.parameters():
        parameter.add_(0.02 * torch.randn_like(parameter))
    photo = np.random.default_rng(0).random((300, 400, 3), dtype=np.float32)

    device = torch.device(DEVICE)
    whole = stylize_image(generator, photo, device=device)
    tiled = stylize_image(generator, photo, device=device, tile=64)
    assert float(np.abs(whole - tiled).max()) < 1e-4


@pytest.mark.parametrize("precision", [torch.float32, torch.float16])
def test_windows_through_a_graph_are_those_of_the_network(precision: torch.dtype) -> None:
    look, device = open_look("anime", device=DEVICE), torch.device(DEVICE)
    bare = Graphed(Compiled(look.generator, None))
    for seed in range(4):
        photo = np.random.default_rng(seed).random((256, 320, 3), dtype=np.float32)
        made, plain = (
            stylize_image(network, photo, device=device, precision=precision, tile=128)
            for network in (look.network, bare)
        )
        assert np.array_equal(made, plain)
    assert look.network.problem == ""
    assert look.network.release()  # they were recorded


def test_shapes_that_take_turns_have_graphs_that_do_not_disturb_each_other() -> None:
    look, device = open_look("noir", device=DEVICE), torch.device(DEVICE)
    bare = Graphed(Compiled(look.generator, None))
    for turn in range(4):
        for size in ((128, 160), (96, 96), (200, 120)):
            photo = np.random.default_rng(turn).random((*size, 3), dtype=np.float32)
            made, plain = (stylize_image(n, photo, device=device) for n in (look.network, bare))
            assert np.array_equal(made, plain)
    assert look.network.problem == ""


def test_an_interrupt_leaves_the_gpu_usable() -> None:
    look, device = open_look("noir", device=DEVICE), torch.device(DEVICE)
    photo = np.random.default_rng(0).random((128, 160, 3), dtype=np.float32)
    plain = stylize_image(look.network, photo, device=device)
    with pytest.MonkeyPatch.context() as patched:
        forward, calls = Generator.forward, []

        def interrupted(self: Generator, photo: torch.Tensor) -> torch.Tensor:
            calls.append(torch.cuda.is_current_stream_capturing())
            if calls[-1]:
                raise KeyboardInterrupt
            return forward(self, photo)

        patched.setattr(Generator, "forward", interrupted)
        with pytest.raises(KeyboardInterrupt):
            stylize_image(look.network, photo, device=device)
        assert calls[-1]
    for _ in range(3):
        assert np.array_equal(stylize_image(look.network, photo, device=device), plain)


def shot(frames: int = 5) -> list[np.ndarray]:
    scene = Scene(1, 320, 180)
    pictures = (develop(scene.render(1001 + n)).astype(np.float32) for n in range(frames))
    return [picture / np.float32(255) for picture in pictures]


def held(device: str, consistency: float = 0.5) -> tuple[list[np.ndarray], DeviceMotion]:
    """A shot in a look that changes from frame to frame, held still by a device."""
    source, rng = shot(), np.random.default_rng(3)
    noise = (rng.normal(0, 0.05, (*frame.shape[:2], 1)) for frame in source)
    styled = [
        np.clip(f + each, 0, 1).astype(np.float32) for f, each in zip(source, noise, strict=True)
    ]
    memory = DeviceMemory(torch.device(device))
    pairs = enumerate(zip(source, styled, strict=True))
    window = {n: device_frame(*pair, None, memory) for n, pair in pairs}
    motion = DeviceMotion(guides={n: frame.guide for n, frame in window.items()})
    pictures = [device_stabilized(n, window, motion, consistency, memory) for n in window]
    return pictures, motion


def test_motion_is_the_same_on_a_gpu_as_by_torch_on_the_cpu() -> None:
    (_, on_cpu), (_, on_gpu) = held("cpu"), held(DEVICE)
    for pair, flow in on_cpu._flows.items():
        difference = (on_gpu._flows[pair].cpu() - flow).abs()
        assert float(difference.mean()) < 0.001
        assert float((difference > 0.05).float().mean()) < 0.001


def test_held_frames_of_two_runs_on_a_gpu_have_the_same_bytes() -> None:
    (first, motion), (second, again) = held(DEVICE), held(DEVICE)
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    assert all(torch.equal(flow, again._flows[pair]) for pair, flow in motion._flows.items())


def test_held_frames_are_within_one_code_value_of_the_same_arithmetic_on_the_cpu() -> None:
    (on_cpu, _), (on_gpu, _) = held("cpu"), held(DEVICE)
    for ours, theirs in zip(on_gpu, on_cpu, strict=True):
        assert float(np.abs(ours - theirs).max()) * 255 <= 1


def test_bands_that_fit_make_the_bytes_of_the_whole() -> None:
    source, gpu = shot(3), torch.device(DEVICE)
    pictures = []
    for memory in (DeviceMemory(gpu), DeviceMemory(gpu, pixels=999, parks=True)):
        window = {n: device_frame(f, f[::-1], None, memory) for n, f in enumerate(source)}
        motion = DeviceMotion(guides={n: frame.guide for n, frame in window.items()})
        pictures.append(device_stabilized(1, window, motion, 0.5, memory))
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("look", sorted(path.stem for path in BUILT_IN.glob("*.safetensors")))
def test_a_look_in_float16_is_near_its_own_in_float32_in_tiles_too(look: str) -> None:
    network, device = open_look(look, device=DEVICE).network, torch.device(DEVICE)
    photo = develop(Scene(2, 480, 270).render(1001)).astype(np.float32) / np.float32(255)
    exact = stylize_image(network, photo, device=device)
    for tile in (None, 128):
        made = stylize_image(network, photo, device=device, tile=tile, precision=torch.float16)
        assert np.isfinite(made).all()
        assert float(np.abs(made - exact).max()) < 1.5 / 255
