"""What every test stands on."""

import os
from pathlib import Path

import pytest

# Before torch is imported: the workers of pytest-xdist would fight over the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own data, or opens a browser."""
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HEADLESS", "1")
