import re
from pathlib import Path

from hrmkit.experiments.study import Result, Study, report
from hrmkit.worlds.registry import DEFAULT_WORLD, world_named

MEASURED = Path(__file__).parent.parent / "docs" / "key-door-measured.md"


def form(text: str) -> list[str]:
    """A report without what was measured: the cells' numbers and the machine."""
    cell = re.compile(r"(?<=\| )\d+(\.\d+)?( ± \d+\.\d+)?(?= \|)")
    lines = [cell.sub("#", line) for line in text.splitlines()]
    return [
        re.sub(r"Segments thought (.*): .* of", r"Segments thought \1: # of", line)
        for line in lines
        if not line.startswith("Measured with")
    ]


def test_the_tables_in_docs_are_of_the_study_as_it_is() -> None:
    study = Study(world_named(DEFAULT_WORLD), 10)
    study.results = {cell.key(): Result(0.5, 5, 0.25, 1, 2, 100) for cell in study.cells()}
    assert form(report(study)) == form(MEASURED.read_text())
    assert len(study.results) == 584
