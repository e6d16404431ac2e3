"""A run's newest model of ARC as one that comes with the package: bfloat16 weights, and a card.

    python bench/speedrun/ship_arc.py runs/arc arc-pocket \\
        --machine "one core of a two-core x86-64 machine"

Everything on the card is measured here, with the weights as they are shipped, on the evaluation
tasks of what the run was trained on. What is never shown in training is the tests' answers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from ship import facts, rounded, save_halves

from hrmkit.cli.script import run_script
from hrmkit.model.checkpoint import TENSORS
from hrmkit.model.shipped import CARD, WEIGHTS
from hrmkit.progress import shown
from hrmkit.puzzles.arc.tasks import ArcData
from hrmkit.solving.arc import ArcResult
from hrmkit.solving.evaluate_arc import (
    TRIES,
    ArcEvaluation,
    Embeddings,
    evaluate_arc,
    known_tests,
)
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import ABILITIES, SOLVED, LoadedModel, learned_from
from hrmkit.solving.report import arc_as_text

TEMPLATE = Path(__file__).with_name("arc_card.md")


def kinds(data: ArcData, result: ArcResult) -> list[str]:
    """How many tests are solved of tasks that keep the grid's shape, and of those that do not."""
    keeps = {
        task.id: all(
            pair.answer is not None and pair.given.shape == pair.answer.shape
            for pair in task.examples
        )
        for task in data.tasks
    }
    rows: list[str] = []
    for kept, words in ((True, "have the shape of the question"), (False, "have another shape")):
        places = [test.place() for test in result.answered if keeps[test.task] is kept]
        solved = sum(place is not None and place <= TRIES for place in places)
        rows.append(f"| {words} | {solved} of {len(places)} | {solved / len(places):.1%} |")
    return rows


def card(
    run: Path,
    loaded: LoadedModel,
    data: ArcData,
    measured: dict[str, tuple[ArcEvaluation, ArcResult]],
    told: dict[str, str],
) -> str:
    """The model's card: the template beside this file, with what was measured."""
    rows: list[str] = []
    for embeddings, (evaluation, _) in measured.items():
        assert evaluation.score is not None
        one, two = evaluation.score.tests_one, evaluation.score.tests_two
        rows.append(
            f"| {embeddings} | {one.share:.4f} | {two.share:.4f} | "
            f"{two.low:.4f} to {two.high:.4f} |"
        )
    own, result = measured["own"]
    embedding = loaded.model.puzzle_embedding
    assert embedding is not None
    return TEMPLATE.read_text().format(
        **told,
        **facts(loaded, run),
        source=data.source,
        embeddings=f"{embedding.weight.numel():,}",
        views=data.asked + 1,
        known=len(data.tasks),
        tests=own.tests,
        rows="\n".join(rows),
        kinds="\n".join(kinds(data, result)),
        solved=", ".join(own.solved) or "none",
        report=arc_as_text(own, told["name"], "CPU"),
    )


def noted_of(own: ArcEvaluation, source: str) -> dict[str, Any]:
    """What of the measurement is kept beside the weights, for whoever offers the tasks."""
    assert own.score is not None
    return {
        ABILITIES: (
            f"measured to solve {own.score.tests_two.share:.1%} of the {own.tests} tests of "
            f"{source}'s evaluation tasks, with two tries each"
        ),
        SOLVED: list(own.solved),
    }


def main() -> None:
    """Round, measure, write."""
    parser = argparse.ArgumentParser(description="Make a run's newest ARC model the package's.")
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--machine", required=True, help="what it was trained on, in words")
    parser.add_argument("--command", required=True, help="the command that trained it")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="the folder of the models")
    given = parser.parse_args()
    ship(given)


def ship(given: Any) -> None:
    """Write the model and its card; `UserError` for one that is not of ARC."""
    loaded = rounded(given.run)
    source = str(learned_from(loaded)[0]["source"])
    data, tests = known_tests(loaded, source)
    measured: dict[str, tuple[ArcEvaluation, ArcResult]] = {}
    for embeddings in get_args(Embeddings):
        with shown() as progress:
            measured[embeddings] = evaluate_arc(
                loaded, data, tests, InferenceSettings(), progress, embeddings
            )
    noted = noted_of(measured["own"][0], source)
    said = noted[ABILITIES]
    folder = given.to / given.name
    save_halves(loaded, folder, {**loaded.metadata, **noted})
    told = {
        "name": given.name,
        "machine": given.machine,
        "command": given.command,
        "abilities": said,
    }
    (folder / CARD).write_text(card(given.run, loaded, data, measured, told))
    print(f"{folder}: {(folder / TENSORS).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    run_script(main)
