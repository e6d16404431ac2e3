"""The notebooks in examples/ run from top to bottom, and what they end with shows itself."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def shown(notebook: Any) -> list[str]:
    """The HTML that cells show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]


# What the notebook server's own packages warn of is not ours to mend.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_playing_stories(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are not committed"
    for module in EXAMPLES.glob("*.py"):
        shutil.copy(module, tmp_path)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    asyncio.run(client.async_execute())
    frames = shown(notebook)
    assert frames
    assert all(html.startswith("<iframe ") and len(html) < 2e6 for html in frames)


def test_there_are_three() -> None:
    assert len(NOTEBOOKS) == 3
