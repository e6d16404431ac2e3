"""What every test stands on."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

# Before torch is imported: the workers of pytest-xdist would fight over the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from hrmkit import device
from hrmkit.recording.file import load
from hrmkit.recording.world.schema import Recording
from hrmkit.solving import precision

FAST_TYPE = precision.fast_type
PREPARED = Path(__file__).parent.parent / "web" / "tests" / "fixtures"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own data, or opens a browser."""
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HEADLESS", "1")


@pytest.fixture(autouse=True)
def _one_type_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Tests compute in float32 unless they name a type, whatever the processor multiplies."""
    monkeypatch.setattr(device, "cpu_bfloat16", lambda: None)
    FAST_TYPE.cache_clear()
    yield
    FAST_TYPE.cache_clear()


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A data folder with base models and the default story, trained by `make test` beforehand."""
    if not (PREPARED / "graphs" / "parity.json").exists():
        pytest.fail("nothing is prepared; run: make prepared")
    return PREPARED


@pytest.fixture(scope="session")
def story(prepared: Path) -> Recording:
    """The default story."""
    return load(prepared / "recordings" / "key-door.hrm.json.gz")
