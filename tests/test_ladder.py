import gzip
import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.experiments.ladder import jobs
from hrmkit.experiments.ladder import run as ladder
from hrmkit.experiments.ladder import variants as training
from hrmkit.experiments.ladder.figures import CURVES, PLOTS
from hrmkit.experiments.ladder.jobs import backward_memory, shown_puzzles, wires_of, wiring_of
from hrmkit.experiments.ladder.report import RECORDING, check_own_report, write_report
from hrmkit.experiments.ladder.run import measure_wires, plan, run_ladder, steps_of, title_of_wires
from hrmkit.experiments.ladder.variants import BENCH, MEASURED_STEPS, variant_of_step
from hrmkit.model.assemble import assemble
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.recording.file import dumps, hash_of, load, loads
from hrmkit.recording.ladder.recorder import think_aloud
from hrmkit.recording.ladder.schema import LadderRecording, RungSeed
from hrmkit.studio.stories import SHIPPED_STORIES
from hrmkit.training.puzzles.measure import ask, looped

UNITS = 60


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few puzzles that a ladder takes seconds; what it measures means nothing."""
    monkeypatch.setattr(jobs, "POINTS", 2)
    monkeypatch.setattr(training, "TRAIN_PUZZLES", 40)
    monkeypatch.setattr(training, "TEST_PUZZLES", 24)
    monkeypatch.setattr(training, "ARC_VIEWS", 3)
    training.puzzles.cache_clear()
    training.tasks.cache_clear()
    yield
    training.puzzles.cache_clear()
    training.tasks.cache_clear()


@pytest.mark.usefixtures("tiny")
def test_a_ladder_is_measured_recorded_and_reported(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    recording = run_ladder(
        tmp_path,
        steps=(3, 1, 7, 8, 9),
        seeds=2,
        units=UNITS,
        bench=False,
        progress=lambda what, done, of: seen.append((done, of)),
    )
    assert [rung.step for rung in recording.rungs] == [1, 3, 7, 8]
    assert seen[-1] == (16, 16)
    assert loads(dumps(recording), "it") == recording
    for rung in recording.rungs:
        assert [seed.seed for seed in rung.seeds] == [0, 1]
        assert len(rung.seeds[0].by_segment) == rung.wires.segments
        assert rung.seeds[0].by_segment[-1] == rung.seeds[0].exact == rung.seeds[0].exact_looped[0]
        assert rung.seeds[0].by_step[-1] == (rung.gradient_steps, rung.seeds[0].exact)
    assert recording.vote is not None
    assert sum(candidate.count for candidate in recording.vote.candidates) == 8
    arc = recording.mini_arc
    assert arc is not None
    assert [variant.name for variant in arc.variants] == [
        "neither",
        "augmentation",
        "embedding",
        "both",
    ]
    table = write_report(recording, tmp_path)
    assert "| 7 | road lights |" in table
    assert "| recall | input and output |" in table
    assert "## By compute, in units" in table
    assert load(tmp_path / RECORDING) == recording
    first = {name: (tmp_path / name).read_bytes() for name in (*PLOTS, *CURVES)}
    assert all(len(content) > 5000 for content in first.values())
    write_report(recording, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in first} == first
    check_own_report(tmp_path)  # of its own


@pytest.mark.usefixtures("tiny")
def test_an_interrupted_ladder_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, done = (1, 2, 3), list[str]()
    real = ladder.run_job

    def until_the_third(job: ladder.Job) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(job.key())
        return real(job)

    monkeypatch.setattr(ladder, "run_job", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        run_ladder(tmp_path / "cut", steps=steps, seeds=1, units=UNITS, bench=False)
    with (tmp_path / "cut" / ladder.FINISHED).open("a") as file:
        file.write('{"job": "cut sh')  # as if it had been killed while it wrote
    with pytest.raises(UserError, match="--resume"):
        run_ladder(tmp_path / "cut", steps=steps, seeds=1, units=UNITS, bench=False)
    again: list[str] = []

    def counted(job: ladder.Job) -> Any:
        again.append(job.key())
        return real(job)

    monkeypatch.setattr(ladder, "run_job", counted)
    resumed = run_ladder(
        tmp_path / "cut", steps=steps, seeds=1, units=UNITS, bench=False, resume=True
    )
    assert len(again) == 1
    assert again[0] not in done
    whole = run_ladder(tmp_path / "whole", steps=steps, seeds=1, units=UNITS, bench=False)
    assert resumed == whole
    once_more = run_ladder(
        tmp_path / "cut", steps=steps, seeds=1, units=UNITS, bench=False, resume=True
    )
    assert once_more == whole
    assert len(again) == 1 + 3


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("says", ["its journal", "its recording"])
def test_a_ladder_goes_on_with_what_it_was_begun_with_or_not_at_all(
    says: str, tmp_path: Path
) -> None:
    begun: dict[str, Any] = {"steps": (1, 2), "seeds": 1, "units": UNITS, "bench": False}
    write_report(run_ladder(tmp_path, **begun), tmp_path)
    kept = tmp_path / ladder.FINISHED
    if says == "its recording":  # as folders of older versions
        lines = kept.read_text().splitlines(keepends=True)
        kept.write_text("".join(line for line in lines if "the ladder itself" not in line))
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for other, was, wanted in (
        ({"steps": (1,)}, "--steps 1,2", "--steps 1"),
        ({"seeds": 2}, "--seeds 1", "--seeds 2"),
        ({"units": 2 * UNITS}, f"--units {UNITS}", f"--units {2 * UNITS}"),
        ({"bench": True}, "--no-bench", "--bench"),
        ({"seeds": 2, "bench": True}, "--seeds 1 --no-bench", "--seeds 2 --bench"),
    ):
        with pytest.raises(UserError, match=f"of {was}, which cannot go on with {wanted}: give"):
            run_ladder(tmp_path, **{**begun, **other}, resume=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"step 4 is no rung.*1, 2, 3, 5, 6, 7, 8, 9"):
        run_ladder(tmp_path, steps=(4,))
    for seeds in (0, 21):
        with pytest.raises(UserError, match=f"{seeds} seeds: choose 1 to 20"):
            run_ladder(tmp_path, seeds=seeds)
    for units in (0, 1_000_001):
        with pytest.raises(UserError, match=f"{units} units are not possible: choose 1 to 1000000"):
            run_ladder(tmp_path, units=units)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        run_ladder(tmp_path / "file", seeds=1)
    with pytest.raises(UserError, match="'1;2'"):
        steps_of("1;2")
    assert steps_of("3,5") == (3, 5)
    assert len(plan((*MEASURED_STEPS, 9), range(3), bench=True)) == 3 * (7 + len(BENCH) + 4)


def test_equal_compute_for_every_rung() -> None:
    steps = {step: variant_of_step(step, units=12_000).steps for step in MEASURED_STEPS}
    assert steps == {1: 2000, 2: 500, 3: 500, 5: 1200, 6: 1200, 7: 750, 8: 750}


@pytest.mark.parametrize("step", [2, 5, 7, 9])
def test_recording_a_thought_changes_no_number(step: int) -> None:
    model = assemble(step=step, seed=2)
    shown = shown_puzzles()
    plain = ask(model, shown)
    thought = think_aloud(model, shown, 4)
    assert thought.segments[-1].answer == as_grids(plain.tokens[-1])[4]
    assert torch.equal(ask(model, shown).tokens, plain.tokens)
    for segment in thought.segments:
        assert [call.module for call in segment.calls] == [c.module for c in model.wiring.calls()]
        assert [call.gradient for call in segment.calls] == [
            c.gradient for c in model.wiring.calls()
        ]
        assert segment.calls[-1].answer == segment.answer
        assert all(len(call.change) == 16 for call in segment.calls)
    assert (thought.segments[0].q_continue is None) == (model.wiring.halting != "q-learning")


def test_looping_four_times_passes_through_looping_once() -> None:
    model = assemble(step=6, seed=1)
    shown = shown_puzzles()
    longer = ask(model.rewired(looped(model.wiring, 4)), shown)
    assert len(longer.tokens) == 32
    assert torch.equal(longer.tokens[7], ask(model, shown).tokens[-1])
    once = assemble(step=3)
    assert len(looped(once.wiring, 4).calls()) == 16
    assert len(looped(assemble(step=5).wiring, 2).calls()) == 12
    assert len(looped(assemble(step=1).wiring, 2).calls()) == 2


def test_the_one_step_gradient_keeps_a_third_of_the_memory() -> None:
    memory = backward_memory()
    assert 2.5 < memory.full / memory.one_step < 3.5  # 6 calls against 2


def test_wires_and_wirings_are_the_same_thing() -> None:
    for rung in (*map(variant_of_step, MEASURED_STEPS), *BENCH):
        assert wiring_of(wires_of(rung.wiring)) == rung.wiring
    titles = [title_of_wires(wires_of(rung.wiring)) for rung in BENCH]
    assert len(set(titles)) == len(BENCH)
    wires = wires_of(variant_of_step(6).wiring)
    with pytest.raises(UserError, match="plug in recall"):
        measure_wires(wires.model_copy(update={"recall": False}))


@pytest.mark.usefixtures("tiny")
def test_a_wiring_of_the_bench_is_measured() -> None:
    wires = wires_of(variant_of_step(3).wiring).model_copy(update={"low_calls": 2})
    steps: list[tuple[int, int]] = []
    rung = measure_wires(wires, lambda done, of: steps.append((done, of)), units=UNITS)
    assert rung.wires == wires
    assert rung.step is None
    assert rung.gradient_steps == 5
    assert steps[-1] == (5, 5)


def test_the_shown_puzzles_are_held_out_and_get_harder() -> None:
    shown = shown_puzzles()
    assert shown.blanks.tolist() == [9, 9, 11, 11, 12, 12]
    learned, test = training.puzzles()
    known = set(as_grids(learned.solution))
    assert not known & set(as_grids(test.solution))


def test_the_shipped_ladder_says_what_the_docs_say() -> None:
    """The recording that the studio offers is a whole one, and the docs quote its numbers."""
    root = Path(__file__).parent.parent
    shipped = load(root / "src/hrmkit/studio/shipped/ladder.hrm.json.gz")
    assert isinstance(shipped, LadderRecording)
    assert shipped.settings.seeds == tuple(range(8))
    assert shipped.settings.units == training.UNITS
    assert len(shipped.rungs) == len(MEASURED_STEPS)
    exact = {rung.step: fmean(seed.exact for seed in rung.seeds) for rung in shipped.rungs}
    gets_lost = [lost(seed) for rung in shipped.rungs if rung.step == 2 for seed in rung.seeds]
    assert sum(gets_lost) >= 6  # two seeds in eight keep their way without recall
    assert exact[3] > exact[2]
    assert exact[5] < exact[3]
    assert exact[6] > exact[5] + 0.15  # with the seed that learns nothing
    docs = (root / "docs/ladder-measured.md").read_text()
    for mean in exact.values():
        assert f"{mean:.3f}" in docs


def lost(seed: RungSeed) -> bool:
    """Whether looping four times as long ruins the answers."""
    return seed.exact_looped[2] < 0.2 * seed.exact


Damage = Callable[[dict[str, Any], int], object]
"""Changes a rung, or a variant, of so many gradient steps."""


@pytest.mark.parametrize("part", ["rungs", "variants"])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda of, last: of["seeds"][1]["by_step"].reverse(), "has the step"),
        (lambda of, last: of["seeds"][1]["by_step"].pop(), "not measured at the same steps"),
        (lambda of, last: of["seeds"][0].update(by_step=[]), "not measured at the same steps"),
        (lambda of, last: of["seeds"][1]["by_step"][0].__setitem__(0, 0), "has the step 0"),
        (lambda of, last: of["seeds"][1]["by_step"][-1].__setitem__(0, last + 1), "has the step"),
        (lambda of, last: of["seeds"][1]["by_step"][1].__setitem__(1, 1.5), "by_step has 1.5"),
        (lambda of, last: of["seeds"][0].update(exact=-0.5), "exact has -0.5"),
        (lambda of, last: of.update(shown=99), "shown is 99, and there are"),
    ],
)
def test_a_ladder_whose_measurements_cannot_be_is_damaged(
    part: str, damage: Damage, said: str
) -> None:
    content = json.loads(gzip.decompress(SHIPPED_STORIES[0].read_bytes()))
    of = (content["mini_arc"] if part == "variants" else content)[part][1]
    assert of["seeds"][1]["by_step"]
    damage(of, of["gradient_steps"])
    content["hash"] = hash_of(content)
    with pytest.raises(UserError, match=rf"damaged at .*{part}\.1.*{said}"):
        loads(json.dumps(content).encode(), "ladder")


def test_recordings_of_unknown_kinds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.hrm.json"
    path.write_text(json.dumps({"format": "hrm-recording", "version": 1, "kind": "poem"}))
    with pytest.raises(UserError, match=r"kind 'poem'.*fine-tuning, ladder"):
        load(path)
