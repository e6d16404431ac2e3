import re
from pathlib import Path
from statistics import fmean

import pytest

from hrmkit.errors import UserError
from hrmkit.experiments import study as studies
from hrmkit.experiments.study import Cell, Result, Study, by_training, measure, report
from hrmkit.recording.world.measured import measured_in
from hrmkit.recording.world.settings import DEFAULT
from hrmkit.worlds.registry import WORLDS, world_named

DOCS = Path(__file__).parent.parent / "docs"


def form(text: str) -> list[str]:
    """A report without what was measured: the cells' numbers and the machine."""
    cell = re.compile(r"(?<=\| )\d+(\.\d+)?( ± \d+\.\d+)?(?= \|)")
    lines = [cell.sub("#", line) for line in text.splitlines()]
    return [
        re.sub(r"Segments thought (.*): .* of", r"Segments thought \1: # of", line)
        for line in lines
        if not line.startswith("Measured with")
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_the_tables_in_docs_are_of_the_study_as_it_is(world: str) -> None:
    study = Study(world_named(world), 10)
    study.results = {cell.key(): Result(0.5, 5, 0.25, 1, 2, 100) for cell in study.cells()}
    assert form(report(study)) == form((DOCS / f"{world}-measured.md").read_text())
    # Every size but the usual one is tested beside it, of two wirings.
    sizes = len(world_named(world).every_size())
    assert len(study.results) == len(by_training(study.cells())) + 20 * (sizes - 1) + 10


def test_what_the_page_shows_is_written_beside_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(task: tuple[list[Cell], Path]) -> list[Result]:
        cells, _ = task
        return [Result(cell.settings.examples / 50, 5, 0, 1, 2, 100) for cell in cells]

    monkeypatch.setattr(studies, "measure", found)
    monkeypatch.setattr(studies, "train_bases", lambda *_: None)
    out = tmp_path / "study.md"
    studies.write_study("key-door", out, 2, tmp_path, 1, lambda *_: None, studies.LABELS)
    assert "### Success by wiring" in out.read_text()
    measured = measured_in("study", tmp_path)
    assert measured is not None
    assert measured.world == "key-door"
    assert [one.wiring for one in measured.wirings][:2] == ["hierarchy", "flat"]
    for one in measured.wirings:
        assert one.success == tuple((n / 50, n / 50) for n in measured.examples)
    with pytest.raises(UserError, match="ends in"):
        studies.write_study(
            "key-door", tmp_path / "s.json", 2, tmp_path, 1, lambda *_: None, studies.LABELS
        )


@pytest.mark.parametrize("world", WORLDS)
def test_what_the_page_shows_is_what_the_tables_say(world: str) -> None:
    measured = measured_in(world)
    assert measured is not None
    table = (DOCS / f"{world}-measured.md").read_text()
    for one in measured.wirings:
        (row,) = re.findall(rf"^\| {one.wiring} \| \S+ \| (.*) \|$", table, re.MULTILINE)
        said = [float(cell.split(" ")[0]) for cell in row.split(" | ")]
        assert [fmean(seeds) for seeds in one.success] == pytest.approx(said, abs=0.0051)


def test_what_is_tested_in_several_ways_is_trained_once(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = DEFAULT.model_copy(update={"examples": 1, "passes": 1})
    cells = [
        Cell(settings, {"tiles": 5}),
        Cell(settings, {"tiles": 3}),
        Cell(settings, {"tiles": 5}, untrained=True),
        Cell(settings, {"tiles": 5}, halt=True),
    ]
    trained, train = [], studies.train_quietly
    monkeypatch.setattr(
        studies, "train_quietly", lambda *task: trained.append(task) or train(*task)
    )
    together = by_training(cells)
    assert together == [[cells[0], cells[1], cells[3]], [cells[2]]]
    found = [result for some in together for result in measure((some, prepared / "bases"))]
    assert len(trained) == 1
    alone = [measure(([cell], prepared / "bases"))[0] for some in together for cell in some]
    assert found == alone
    assert len(trained) == 4
    assert found[0] != found[1]  # on 5 tiles and on 3
