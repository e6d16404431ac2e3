"""A run's newest model as one that comes with the package: bfloat16 weights, and a card.

    python bench/speedrun/ship.py runs/NAME/run NAME --settings bench/speedrun/NAME.toml \\
        --machine "two x86-64 cores" --test "the title of a test=its file" --test ...

The card's scores are of the weights as they are shipped, each measured here on files that the run
has not seen; those whose titles are said (`--say`) make the sentence that `hrmkit solve` says.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file, save_file

from hrmkit.cli.script import run_script
from hrmkit.errors import UserError
from hrmkit.model.checkpoint import TENSORS, save
from hrmkit.model.hrm import count_parameters
from hrmkit.model.shipped import CARD, WEIGHTS
from hrmkit.progress import shown
from hrmkit.puzzles.puzzle import Labelled
from hrmkit.runs.folder import RunFolder
from hrmkit.solving.evaluate import Evaluation, evaluate
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import (
    ABILITIES,
    HALT_THRESHOLD,
    VIEWS,
    LoadedModel,
    load_for,
    load_model,
    was_learned,
)
from hrmkit.solving.report import as_text

TEMPLATE = Path(__file__).with_name("card.md")


class Test(NamedTuple):
    """One test file, and what was measured with it."""

    title: str
    path: str
    found: Evaluation
    """Of every puzzle as it is."""
    looked: Evaluation
    """Looking on, in other views, until an answer is valid: what `hrmkit solve` does."""


def rounded(run: Path, segments: int | None = None) -> LoadedModel:
    """The run's newest model with weights that bfloat16 can hold.

    `segments` is how long it may think, where that is longer than in its training.
    """
    loaded = load_model(run)
    if segments is not None:
        wiring = replace(loaded.model.wiring, segments=segments)
        loaded = loaded._replace(model=loaded.model.rewired(wiring))
    with torch.no_grad():
        for value in loaded.model.state_dict().values():
            value.copy_(value.bfloat16())
    return loaded


def told_of(loaded: LoadedModel, said: str, halt_threshold: float, views: int) -> dict[str, Any]:
    """What is kept beside the weights: files by their names, not by where they lay."""
    data = [{**part, "source": Path(part["source"]).name} for part in loaded.metadata["data"]]
    return {
        **loaded.metadata,
        "data": data,
        HALT_THRESHOLD: halt_threshold,
        VIEWS: views,
        ABILITIES: said,
    }


def measured(
    loaded: LoadedModel, tests: list[str], halt_threshold: float, views: int
) -> list[Test]:
    """Every test, as `hrmkit eval` measures, without and with `--views`.

    The last one also after every segment: that is what a card shows.
    """
    both = (
        InferenceSettings(halt_threshold=halt_threshold),
        InferenceSettings(halt_threshold=halt_threshold, views=views, until_valid=True),
    )
    done: list[Test] = []
    for number, said in enumerate(tests, 1):
        title, equals, path = said.rpartition("=")
        if not equals:
            raise UserError(f"--test {said!r} has no file: give TITLE=FILE")
        labelled = load_for(loaded, path)
        if was_learned(loaded, labelled.fingerprint):
            raise UserError(f"{path} is what the model was trained on: test it with others")
        source = Path(path).name
        one = scores(loaded, labelled, both[0], source, by_segment=number == len(tests))
        looked = scores(loaded, labelled, both[1], source, by_segment=False)
        done.append(Test(title, path, one, looked))
    return done


def scores(
    loaded: LoadedModel,
    labelled: Labelled,
    settings: InferenceSettings,
    source: str,
    by_segment: bool,
) -> Evaluation:
    """What was measured, of a file that is named and not located."""
    with shown() as progress:
        found = evaluate(loaded.model, labelled, settings, by_segment=by_segment, progress=progress)
    return replace(found, source=source)


def abilities(tests: list[Test], say: list[str], views: int) -> str:
    """One sentence on what the model solves, of the tests with these titles."""
    shares = {test.title: test.looked.valid.share for test in tests}
    unknown = [title for title in say if title not in shares]
    if unknown:
        raise UserError(f"--say {unknown[0]!r} is the title of no test: {', '.join(shares)}")
    *most, last = [f"{shares[title]:.1%} of {title}" for title in say]
    before = f"{', '.join(most)} and " if most else ""
    within = f", in up to {views} views" if views > 1 else ""
    return f"measured to solve {before}{last}{within}"


def cells(scores: Evaluation) -> str:
    """What a table says of an evaluation, in three columns."""
    valid = scores.valid
    return f"{valid.share:.4f} | {valid.low:.4f} to {valid.high:.4f} | {scores.mean_segments:.2f}"


def began(description: dict[str, Any]) -> str:
    """What a run began with, as a line of its card; nothing where weights were drawn."""
    source = description["plan"].get("init_from")
    if source is None:
        return ""
    begun = Path(source)
    source = begun.parent.name if begun.name == "run" else begun.name  # not where it lay
    rows = sum(part.get("rows", 0) for part in description["data"][1:])
    learned = f", which had learned from {rows:,} puzzles" if rows else ""
    return f"\n  It began with the weights of {source}{learned}."


def facts(loaded: LoadedModel, run: Path) -> dict[str, Any]:
    """What every card says of a model and its training."""
    folder, wiring = RunFolder(run), loaded.model.wiring
    description = folder.description()
    trained = [line for line in folder.lines() if line["kind"] == "train"]
    if not trained:
        raise UserError(f"the run in {run} does not say how long it trained: its metrics are gone")
    last = trained[-1]
    return {
        "parameters": f"{count_parameters(loaded.model):,}",
        "modules": "two modules, H and L" if wiring.modules == 2 else "one module",
        "states": "two states, zH and zL" if wiring.hierarchy else "one state",
        "sizes": loaded.model.sizes,
        "mixing": "an MLP" if wiring.mixing == "tokens" else "attention",
        "calls": "".join(call.module for call in wiring.calls()),
        "segments": wiring.segments,
        "steps": f"{last['step']:,}",
        "batch": description["recipe"]["batch"],
        "minutes": f"{last['seconds'] / 60:.1f}",
        "seed": description["seed"],
        "puzzles": f"{description['data'][0]['rows']:,}",
        "began": began(description),
    }


def save_halves(loaded: LoadedModel, folder: Path, metadata: dict[str, Any]) -> None:
    """Write the model and what is said of it; weights in bfloat16, which `rounded` made exact."""
    save(loaded.model, folder, metadata)
    halves = {name: value.bfloat16() for name, value in load_file(folder / TENSORS).items()}
    save_file(halves, folder / TENSORS)


def text_of(settings: Path) -> str:
    """A file of settings, as it is; `UserError` where it cannot be read."""
    try:
        return settings.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the settings {settings}: {error}") from None


def card(tests: list[Test], told: Mapping[str, Any]) -> str:
    """The model's card: the template beside this file, with what is told and what was measured."""
    rows = [
        f"| {test.title} ({test.found.puzzles}) | {cells(test.found)} | {cells(test.looked)} |"
        for test in tests
    ]
    whole = tests[-1]
    return TEMPLATE.read_text().format(
        **told,
        rows="\n".join(rows),
        title=whole.title,
        file=Path(whole.path).name,
        report=as_text(whole.found, told["name"], "CPU", learned=False),
        looked=as_text(whole.looked, told["name"], "CPU", learned=False),
    )


def main() -> None:
    """Round, measure, write."""
    parser = argparse.ArgumentParser(description="Make a run's newest model one of the package's.")
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--of", default="9x9 sudoku", help="what it solves, in words")
    parser.add_argument("--machine", required=True, help="what it was trained on, in words")
    parser.add_argument("--test", action="append", required=True, metavar="TITLE=FILE")
    parser.add_argument("--say", action="append", metavar="TITLE", help="the first, unless said")
    parser.add_argument("--halt-threshold", type=float, default=0.5, help="what its light asks for")
    parser.add_argument("--views", type=int, default=1, help="in how many views `solve` looks")
    parser.add_argument("--segments", type=int, help="of a thought, at most; else as in training")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="the folder of the models")
    given = parser.parse_args()
    settings = text_of(given.settings)
    loaded = rounded(given.run, given.segments)
    about = facts(loaded, given.run)  # before the long work: the run may not say it
    tests = measured(loaded, given.test, given.halt_threshold, given.views)
    said = abilities(tests, given.say or [tests[0].title], given.views)
    folder = given.to / given.name
    save_halves(loaded, folder, told_of(loaded, said, given.halt_threshold, given.views))
    told = {
        **about,
        "settings": settings,
        "settings_file": given.settings,
        "name": given.name,
        "of": given.of,
        "machine": given.machine,
        "sure": f"{given.halt_threshold:.0%}",
        "views": str(given.views),
        "abilities": said,
    }
    (folder / CARD).write_text(card(tests, told))
    print(f"{folder}: {(folder / TENSORS).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    run_script(main)
