"""What is computed on, in which type, on how many threads."""

import platform
from collections.abc import Mapping

import pytest
import torch

from hrmkit import device
from hrmkit.device import choose_device, on_threads
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.steps import wiring_of_step
from hrmkit.solving.precision import compute_dtype, placed, precision, use_threads

# Before the tests' own fixture takes its place.
look_at_the_processor = device.cpu_bfloat16


@pytest.mark.parametrize(
    ("machine", "capabilities", "expected"),
    [
        ("x86_64", {"avx2": True, "avx512_bf16": True}, "AVX512-BF16"),
        ("x86_64", {"avx512_bf16": False, "amx_bf16": True}, "AMX-BF16"),
        ("x86_64", {"avx2": True, "avx512_bf16": False}, None),
        ("aarch64", {"bf16": True}, "Arm bf16"),
        ("arm64", {"bf16": False}, None),
    ],
)
def test_a_processor_s_own_bfloat16_is_told_from_emulation(
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    capabilities: Mapping[str, bool],
    expected: str | None,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    assert look_at_the_processor.__wrapped__() == expected


def test_the_type_is_the_fast_one_or_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert choose_device("cpu").autocast is None
    assert choose_device("cpu").reason == (
        "float32 on the CPU, because it has no bfloat16 instructions"
    )
    assert choose_device("cpu", "bfloat16").autocast == torch.bfloat16
    monkeypatch.setattr(device, "cpu_bfloat16", lambda: "AVX512-BF16")
    fast = choose_device("cpu")
    assert fast.autocast == torch.bfloat16
    assert fast.reason == "bfloat16 on the CPU, because it has AVX512-BF16"
    assert choose_device("cpu", "float32").reason == "float32 on the CPU, as asked for"
    assert choose_device("cpu", "float32").autocast is None


@pytest.mark.parametrize(("name", "dtype"), [("tpu", "auto"), ("cpu", "float16")])
def test_an_unknown_name_is_refused_with_those_there_are(name: str, dtype: str) -> None:
    with pytest.raises(UserError, match="choose auto, "):
        choose_device(name, dtype)


def test_a_model_computes_in_the_type_of_its_device() -> None:
    model = assemble(wiring_of_step(6))
    assert compute_dtype(model) == torch.float32
    assert placed(model, choose_device("cpu", "bfloat16")) is model
    assert compute_dtype(model) == torch.bfloat16
    rewired = model.rewired(wiring_of_step(6))
    with precision(rewired):
        assert torch.get_autocast_dtype("cpu") == torch.bfloat16
        assert torch.is_autocast_enabled("cpu")
    # Whoever wants float64 wants it exact.
    assert compute_dtype(model.double()) == torch.float64
    with precision(model):
        assert not torch.is_autocast_enabled("cpu")


def test_threads_are_as_before_after_the_work() -> None:
    before = torch.get_num_threads()
    with on_threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_a_small_model_has_one_thread_unless_more_are_named() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        use_threads(assemble(wiring_of_step(6)))
        assert torch.get_num_threads() == 1
        use_threads(assemble(wiring_of_step(6)), 2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    with pytest.raises(UserError, match="0 threads are not possible: choose 1 to 1024"):
        use_threads(assemble(wiring_of_step(6)), 0)
