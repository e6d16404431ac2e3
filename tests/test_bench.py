"""The bench: trains in a process of its own, one at a time, and loses nothing that was measured."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hrmkit.errors import UserError
from hrmkit.model.wiring import Wiring
from hrmkit.progress import Progress
from hrmkit.recording.ladder.schema import (
    LadderSegment,
    PuzzleCall,
    PuzzleThought,
    Rung,
    RungSeed,
    Wires,
)
from hrmkit.studio.bench import Bench, BusyError
from hrmkit.studio.server import MAX_BODY_BYTES, create_app

ORIGIN = "http://127.0.0.1:8477"
HEADERS = {"Origin": ORIGIN}
WIRES = Wires(
    loop=True,
    recall=True,
    hierarchy=True,
    modules=2,
    cycles=2,
    low_calls=2,
    gradient="one-step",
    segments=2,
    halting="q-learning",
    puzzle_embedding=False,
)


def rung_of(wires: Wires) -> Rung:
    """A rung as small as one can be."""
    answer = (1,)
    call = PuzzleCall(module="L", gradient=True, change=(0.5,), answer=answer)
    segment = LadderSegment(calls=(call,), answer=answer, q_halt=None, q_continue=None)
    seed = RungSeed(
        seed=0,
        token=0.5,
        exact=0.25,
        train_exact=0.5,
        exact_looped=(0.25, 0.25, 0.25),
        by_segment=(0.25,),
        segments_used=1.0,
        segments_by_blanks=((1, 1.0),),
        exact_halted=0.25,
        vote_one=0.25,
        vote_two=0.25,
        losses=((0, 1.0),),
    )
    return Rung(
        name=f"bench-n{wires.cycles}",
        step=None,
        title=f"{wires.cycles} cycles",
        wires=wires,
        augmented=False,
        parameters=10,
        gradient_steps=1,
        units_a_step=3,
        seeds=(seed,),
        shown=0,
        thoughts=(PuzzleThought(puzzle=0, loops=1, segments=(segment,), segments_used=1),),
    )


# What trains is sent to another process, so each of these is a function of this module.


def quick(wires: Wires, progress: Progress) -> Rung:
    for done in range(3):
        progress("training seed 0", done + 1, 3)
    return rung_of(wires)


def endless(wires: Wires, progress: Progress) -> Rung:
    for done in range(10_000):
        progress("training seed 0", done, 10_000)
        time.sleep(0.01)
    return rung_of(wires)


def refuses(wires: Wires, progress: Progress) -> Rung:
    raise UserError("the loss is not a number any more")


def crashes(wires: Wires, progress: Progress) -> Rung:
    raise ValueError("a defect")


def is_killed(wires: Wires, progress: Progress) -> Rung:
    os.kill(os.getpid(), signal.SIGKILL)
    return rung_of(wires)


def says_where_it_runs(wires: Wires, progress: Progress) -> Rung:
    progress(str(os.getpid()), 0, 1)
    return endless(wires, lambda what, done, of: None)


def plugged(wires: Wires) -> Wiring:
    return Wiring(**wires.model_dump())


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def finished(bench: Bench) -> dict[str, Any]:
    until(lambda: bench.state()["state"] != "training")
    return bench.state()


@pytest.fixture
def benches(tmp_path: Path) -> Iterator[Callable[[Any], Bench]]:
    """Makes benches on one data folder, and ends what they train."""
    made: list[Bench] = []

    def make(work: Any) -> Bench:
        made.append(Bench(tmp_path / "bench", work, plugged))
        return made[-1]

    yield make
    for bench in made:
        bench.cancel()


def test_a_wiring_is_trained_and_kept_for_the_next_studio(
    benches: Callable[[Any], Bench],
) -> None:
    bench = benches(quick)
    assert bench.state()["state"] == "idle"
    assert bench.state()["measured"] == []
    bench.train(WIRES.model_dump())
    said = finished(bench)
    assert (said["state"], said["problem"]) == ("done", None)
    assert said["rung"] == rung_of(WIRES).model_dump(mode="json")
    bench.train(WIRES.model_dump() | {"cycles": 1})
    finished(bench)
    names = [rung["name"] for rung in benches(quick).state()["measured"]]
    assert names == ["bench-n2", "bench-n1"]


def test_progress_has_the_time_that_is_left(benches: Callable[[Any], Bench]) -> None:
    bench = benches(endless)
    bench.train(WIRES.model_dump())
    until(lambda: bench.state()["done"] > 5)
    said = bench.state()
    assert (said["state"], said["what"], said["of"]) == ("training", "training seed 0", 10_000)
    assert 1 < said["left"] < 10_000


def test_one_trains_at_a_time_and_cancelling_loses_nothing(
    benches: Callable[[Any], Bench],
) -> None:
    benches(quick).train(WIRES.model_dump())
    until(lambda: len(benches(quick).measured()) == 1)
    bench = benches(says_where_it_runs)
    bench.train(WIRES.model_dump())
    with pytest.raises(BusyError, match="trained already"):
        bench.train(WIRES.model_dump())
    until(lambda: bench.state()["what"].isdecimal())
    process = int(bench.state()["what"])
    bench.cancel()
    assert bench.state()["state"] == "cancelled"
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert [rung.name for rung in bench.measured()] == ["bench-n2"]
    bench.cancel()  # there is nothing to cancel any more
    bench.train(WIRES.model_dump())
    assert bench.state()["state"] == "training"


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (refuses, "The loss is not a number any more."),
        (crashes, "The training stopped unexpectedly; what went wrong stands in"),
        (is_killed, "The training was stopped from outside (signal 9)"),
    ],
)
def test_a_training_that_fails_says_so_in_a_sentence(
    benches: Callable[[Any], Bench], work: Any, said: str
) -> None:
    bench = benches(work)
    bench.train(WIRES.model_dump())
    end = finished(bench)
    assert end["state"] == "failed"
    assert end["problem"].startswith(said)
    assert end["measured"] == []


def test_wires_that_make_no_model_are_refused_at_once(benches: Callable[[Any], Bench]) -> None:
    bench = benches(quick)
    for patch, said in (
        ({"recall": False}, "plug in recall"),
        ({"cycles": 0}, "cycles is 0, which is not as a wiring has it"),
        ({"segments": 1000}, "segments is 1000, which is not as a wiring has it"),
        ({"cycles": "many"}, "cycles is 'many', which is not as a wiring has it"),
        ({"colour": "red"}, "colour is 'red', which is not as a wiring has it"),
    ):
        with pytest.raises(UserError, match=said):
            bench.train(WIRES.model_dump() | patch)
    with pytest.raises(UserError, match="wires is not as a wiring has it"):
        bench.train([])
    assert bench.state()["state"] == "idle"


def test_a_damaged_result_is_left_out(benches: Callable[[Any], Bench], tmp_path: Path) -> None:
    bench = benches(quick)
    bench.train(WIRES.model_dump())
    finished(bench)
    (tmp_path / "bench" / "cut.rung.json").write_text('{"name": ')
    assert [rung.name for rung in bench.measured()] == ["bench-n2"]


def test_what_was_measured_before_a_field_was_renamed_is_still_there(
    benches: Callable[[Any], Bench], tmp_path: Path
) -> None:
    bench = benches(quick)
    bench.train(WIRES.model_dump())
    finished(bench)
    (file,) = (tmp_path / "bench").glob("*.rung.json")
    before, measured = file.read_text(), bench.measured()
    head, thoughts = before.split('"thoughts"')
    file.write_text(head + '"thoughts"' + thoughts.replace('"segments_used"', '"halted_after"'))
    assert file.read_text() != before
    assert bench.measured() == measured


def test_a_training_does_not_outlive_the_studio(tmp_path: Path) -> None:
    """Killed outright, the studio can end nothing itself."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from test_bench import Bench, WIRES, says_where_it_runs, plugged\n"
        "if __name__ == '__main__':\n"
        "    bench = Bench(Path(sys.argv[1]), says_where_it_runs, plugged)\n"
        "    bench.train(WIRES.model_dump())\n"
        "    while not bench.state()['what'].isdecimal(): time.sleep(0.02)\n"
        "    print(bench.state()['what'], flush=True)\n"
        "    time.sleep(600)\n"
    )
    script = tmp_path / "studio.py"
    script.write_text(program)
    studio = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert studio.stdout
    training = int(studio.stdout.readline())
    studio.kill()
    studio.communicate()

    def gone() -> bool:
        try:
            os.kill(training, 0)
        except ProcessLookupError:
            return True
        # Without an init that reaps, what has ended stays as a zombie.
        state = Path(f"/proc/{training}/stat")
        return state.exists() and state.read_text().split(")")[1].split()[0] == "Z"

    until(gone)


def test_the_ladder_s_bench_trains_a_wiring_of_the_ladder(tmp_path: Path) -> None:
    from hrmkit.experiments.ladder import variants as ladder
    from hrmkit.studio import ladder_bench

    bench = ladder_bench.ladder_bench(tmp_path)
    assert bench.state()["settings"]["units"] == ladder.UNITS
    with pytest.raises(UserError, match="plug in recall"):
        bench.train(WIRES.model_dump() | {"recall": False})
    said: list[tuple[str, int, int]] = []
    rung = ladder_bench.measure(WIRES, lambda *one: said.append(one), units=120)
    assert rung.wires == WIRES
    assert rung.step is None
    assert len(rung.seeds) == 1
    assert {what for what, _, _ in said} == {"training", "measuring"}


# --- as the page asks for it ---


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    return folder


@pytest.fixture
def client(benches: Callable[[Any], Bench], static: Path, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app([], static, tmp_path / "data", benches(endless))
    with TestClient(app, base_url=ORIGIN) as client:
        yield client


def test_the_page_trains_and_cancels(client: TestClient) -> None:
    assert client.get("/bench/state.json").json()["state"] == "idle"
    body = {"wires": WIRES.model_dump()}
    assert client.post("/bench/train", json=body, headers=HEADERS).status_code == 202
    again = client.post("/bench/train", json=body, headers=HEADERS)
    assert again.status_code == 409
    assert again.json()["problem"].startswith("A wiring is being trained already")
    until(lambda: client.get("/bench/state.json").json()["done"] > 0)
    assert client.post("/bench/cancel", json={}, headers=HEADERS).status_code == 200
    assert client.get("/bench/state.json").json()["state"] == "cancelled"
    assert client.get("/bench/state.json").headers["cache-control"] == "no-store"


def test_the_page_is_told_why_wires_make_no_model(client: TestClient) -> None:
    body = {"wires": WIRES.model_dump() | {"hierarchy": False}}
    answer = client.post("/bench/train", json=body, headers=HEADERS)
    assert answer.status_code == 400
    assert "plug in hierarchy" in answer.json()["problem"]
    for content in (b"", b"{", b"[]", b"null", b"{}", b"[" * 2000, b"\xff"):
        answer = client.post(
            "/bench/train", content=content, headers=HEADERS | {"Content-Type": "application/json"}
        )
        assert answer.status_code == 400
        assert answer.json()["problem"] == "A request to train is JSON with the field wires."


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        (HEADERS | {"Host": "evil.example"}, 400),
        (HEADERS | {"Sec-Fetch-Site": "cross-site"}, 403),
        (HEADERS | {"Sec-Fetch-Site": "same-site"}, 403),
        (HEADERS | {"Content-Type": "text/plain"}, 415),
        (HEADERS | {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (HEADERS | {"Sec-Fetch-Site": "same-origin"}, 202),
    ],
)
def test_only_the_studio_s_own_page_may_train(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/bench/train", json={"wires": WIRES.model_dump()}, headers=headers)
    assert answer.status_code == status


def test_a_request_to_train_is_bounded(client: TestClient) -> None:
    json = HEADERS | {"Content-Type": "application/json"}
    large = b" " * (MAX_BODY_BYTES + 1)
    assert client.post("/bench/train", content=large, headers=json).status_code == 413
    assert client.post("/bench/train", content=iter([b"{}"]), headers=json).status_code == 411
    assert client.get("/bench/state.json", headers=HEADERS).json()["state"] == "idle"
    for method in ("GET", "PUT"):
        assert client.request(method, "/bench/train").status_code in (404, 405)
    assert client.post("/bench/state.json", json={}, headers=HEADERS).status_code == 405


def test_a_studio_without_a_bench_has_none(static: Path, tmp_path: Path) -> None:
    with TestClient(create_app([], static, tmp_path), base_url=ORIGIN) as client:
        assert client.get("/bench/state.json").status_code == 404
        assert client.post("/bench/train", json={}, headers=HEADERS).status_code in (404, 405)
