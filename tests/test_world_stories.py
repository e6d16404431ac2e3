"""Worlds' stories that are trained while the studio runs: once each, in order, and told about."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hrmkit.errors import UserError
from hrmkit.processes import in_processes
from hrmkit.progress import Progress
from hrmkit.recording.world.schema import Recording
from hrmkit.studio.server import create_app, serve
from hrmkit.studio.worlds import StoryTask, WorldStories
from hrmkit.writing import write
from test_processes import alive

ORIGIN = "http://127.0.0.1:8477"
HEADERS = {"Origin": ORIGIN}
NAMES = ("first", "second", "third")


# What trains is sent to another process, so each of these is a function of this module.


def quick(task: StoryTask, progress: Progress) -> None:
    """Writes down that it was done, and how often."""
    for done in range(3):
        progress("pre-training the base models", done + 1, 3)
    with (task.data / task.world).open("a") as file:
        file.write("trained\n")


def waits_for_a_file(task: StoryTask, progress: Progress) -> None:
    """Goes on for as long as there is no file 'go'; says where it runs."""
    with (task.data / "began").open("a") as file:
        file.write(f"{task.world}\n")
    while not (task.data / "go").exists():
        progress(str(os.getpid()), 1, 4)
        time.sleep(0.01)
    quick(task, progress)


def refuses_the_first(task: StoryTask, progress: Progress) -> None:
    if task.world == "first":
        raise UserError("there is no room on the disk")
    quick(task, progress)


def waits_in_processes(task: StoryTask, progress: Progress) -> None:
    """Goes on in processes of its own, which write down who they are."""
    progress("training", 0, 1)
    list(in_processes(waits_to_be_ended, [task.data] * 2, 2))


def waits_to_be_ended(folder: Path) -> None:
    (folder / f"{os.getpid()}.worker").touch()
    time.sleep(600)


def finds_the_disk_full(task: StoryTask, progress: Progress) -> None:
    raise OSError(28, "No space left on device", str(task.data))


def cannot_write_in_a_process(task: StoryTask, progress: Progress) -> None:
    list(in_processes(writes_into_a_file, [task.data] * 2, 2))


def writes_into_a_file(folder: Path) -> None:
    (folder / "file").touch()
    write(folder / "file" / "below", "nothing")


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[Any], WorldStories]]:
    """Makes stories in one data folder, and ends what they train."""
    all_made: list[WorldStories] = []

    def make(work: Any) -> WorldStories:
        there = {name: (tmp_path / name).exists for name in NAMES}
        all_made.append(WorldStories(tmp_path, there, work))
        return all_made[-1]

    yield make
    for one in all_made:
        one.stop()


def states(stories: WorldStories) -> list[str]:
    return [said["state"] for said in stories.state()["worlds"].values()]


def test_a_story_is_trained_when_it_is_asked_for_and_told_once_it_is_there(
    made: Callable[[Any], WorldStories], tmp_path: Path
) -> None:
    stories = made(quick)
    assert states(stories) == ["absent"] * 3
    stories.train("second")
    until(lambda: states(stories) == ["absent", "there", "absent"])
    stories.train("second")
    assert states(made(quick)) == ["absent", "there", "absent"]
    assert (tmp_path / "second").read_text() == "trained\n"


def test_who_asks_for_the_same_at_once_gets_the_same_and_others_wait(
    made: Callable[[Any], WorldStories], tmp_path: Path
) -> None:
    stories = made(waits_for_a_file)
    for name in ("first", "first", "third", "first", "third"):
        stories.train(name)
    until(lambda: (tmp_path / "began").exists())
    assert states(stories) == ["training", "absent", "waiting"]
    until(lambda: stories.state()["worlds"]["first"]["done"] == 1)
    said = stories.state()["worlds"]["first"]
    assert (said["of"], said["problem"]) == (4, None)
    assert said["left"] >= 0
    (tmp_path / "go").touch()
    until(lambda: states(stories) == ["there", "absent", "there"])
    assert (tmp_path / "began").read_text() == "first\nthird\n"


def test_what_fails_says_so_in_a_sentence_what_waits_comes_next_and_it_can_be_tried_again(
    made: Callable[[Any], WorldStories],
) -> None:
    stories = made(refuses_the_first)
    for name in NAMES:
        stories.train(name)
    until(lambda: states(stories) == ["failed", "there", "there"])
    assert stories.state()["worlds"]["first"]["problem"] == "There is no room on the disk."
    stories.train("first")
    assert stories.state()["worlds"]["first"]["problem"] is None or states(stories)[0] == "failed"
    until(lambda: states(stories)[0] == "failed")


def test_a_training_that_is_cancelled_ends_at_once_and_so_does_waiting(
    made: Callable[[Any], WorldStories], tmp_path: Path
) -> None:
    stories = made(waits_for_a_file)
    for name in NAMES:
        stories.train(name)
    until(lambda: stories.state()["worlds"]["first"]["what"].isdecimal())
    process = int(stories.state()["worlds"]["first"]["what"])
    stories.cancel("third")
    stories.cancel("a world that nobody asked for")
    assert states(stories) == ["training", "waiting", "absent"]
    stories.cancel("first")
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert states(stories)[0] == "absent"
    (tmp_path / "go").touch()
    until(lambda: states(stories) == ["absent", "there", "absent"])


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (refuses_the_first, "There is no room on the disk."),
        (finds_the_disk_full, "The system refuses what the training needs: No space left on"),
        (cannot_write_in_a_process, r"Cannot write .*below \(.*\): name a place that can be"),
    ],
)
def test_why_a_training_failed_is_told_to_the_page_and_in_the_terminal(
    work: Any,
    reason: str,
    made: Callable[[Any], WorldStories],
    capfd: pytest.CaptureFixture[str],
) -> None:
    stories = made(work)
    stories.train("first")
    until(lambda: states(stories)[0] == "failed")
    assert re.match(reason, stories.state()["worlds"]["first"]["problem"])
    heard: list[str] = []  # the state is known a moment before it is printed

    def is_printed() -> bool:
        heard.append(capfd.readouterr().err)
        return "\n" in "".join(heard)

    until(is_printed)
    said = "".join(heard)
    assert re.match(f"A training in the background failed: {reason}", said)
    assert "Traceback" not in said


def test_what_cannot_even_be_started_says_why(
    made: Callable[[Any], WorldStories], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refuse)
    stories = made(quick)
    stories.train("first")
    assert states(stories)[0] == "failed"
    said = stories.state()["worlds"]["first"]["problem"]
    assert said.endswith("needs: Resource temporarily unavailable.")


def test_a_training_that_is_stopped_from_outside_says_so(
    made: Callable[[Any], WorldStories], tmp_path: Path
) -> None:
    stories = made(waits_for_a_file)
    stories.train("first")
    until(lambda: stories.state()["worlds"]["first"]["what"].isdecimal())
    os.kill(int(stories.state()["worlds"]["first"]["what"]), signal.SIGTERM)
    until(lambda: states(stories)[0] == "failed")
    said = stories.state()["worlds"]["first"]["problem"]
    assert said == "The training was stopped from outside; nothing else is lost."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_studio_that_trains_ends_with_one_sentence_and_leaves_no_process(
    number: signal.Signals, tmp_path: Path
) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    studio = subprocess.Popen(
        [sys.executable, __file__, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background has made them deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert studio.stdout
    try:
        assert studio.stdout.readline().startswith("HRM Kit studio: http://127.0.0.1:")
        until(lambda: len(list(tmp_path.glob("*.worker"))) == 2)
        # Ctrl-C of a terminal reaches all of them, `kill` one.
        (os.killpg if number == signal.SIGINT else os.kill)(studio.pid, number)
        said, errors = studio.communicate(timeout=60)
    finally:
        studio.kill()
        studio.communicate()
    lost = "what was being trained begins anew when it is wanted again"
    assert said.strip() == f"The studio has ended; {lost}."
    assert errors == ""
    assert studio.returncode == 0
    for worker in tmp_path.glob("*.worker"):
        until(lambda pid=int(worker.stem): not alive(pid))


def test_an_unknown_world_is_refused_with_all_that_there_are(
    made: Callable[[Any], WorldStories],
) -> None:
    stories = made(quick)
    for asked in ("fourth", 3, None, ["first"]):
        with pytest.raises(UserError, match="choose first, second, third"):
            stories.train(asked)


def test_the_studio_offers_every_world_and_knows_which_are_there(
    prepared: Path, tmp_path: Path
) -> None:
    # They bring torch with them, which no other test here needs.
    from hrmkit.studio.stories import world_stories
    from hrmkit.worlds.registry import WORLDS

    here = world_stories(prepared).state()["worlds"]
    assert list(here) == list(WORLDS)
    assert here["key-door"]["state"] == "there"
    assert {one["state"] for one in world_stories(tmp_path).state()["worlds"].values()} == {
        "absent"
    }


def test_the_default_story_comes_along_until_this_machine_has_made_it(
    prepared: Path, tmp_path: Path
) -> None:
    from hrmkit.studio.stories import COMES_ALONG, stories_at_once

    first, *others = stories_at_once(tmp_path)
    assert first == COMES_ALONG / "key-door.hrm.json.gz"
    assert others
    assert stories_at_once(prepared)[0] == prepared / "recordings" / "key-door.hrm.json.gz"


def test_the_story_that_comes_along_is_what_is_made_here(story: Recording) -> None:
    from hrmkit.recording.file import load
    from hrmkit.studio.stories import COMES_ALONG

    shipped = load(COMES_ALONG / "key-door.hrm.json.gz")
    assert isinstance(shipped, type(story))
    assert shipped.settings == story.settings
    assert [run.name for run in shipped.ablations] == [run.name for run in story.ablations]
    # Other processors add up in another order, so that the last bits differ.
    assert shipped.curve[-1].score.success == pytest.approx(story.curve[-1].score.success, abs=0.05)


@pytest.mark.parametrize(("command", "trained"), [("studio", ["key-door"]), ("play", [])])
def test_only_a_plain_studio_trains_the_default_story_at_once(
    command: str,
    trained: list[str],
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from typer.testing import CliRunner

    from hrmkit.cli.app import app
    from hrmkit.studio import server

    seen: list[str] = []
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path))
    monkeypatch.setattr(server, "serve", lambda *_, **__: seen.append("served"))
    monkeypatch.setattr(WorldStories, "train", lambda _, world: seen.append(world))
    file = [str(prepared / "recordings" / "key-door.hrm.json.gz")] if command == "play" else []
    said = CliRunner().invoke(app, [command, *file])
    assert said.exit_code == 0, said.output
    assert seen == [*trained, "served"]


def test_what_trains_ends_where_the_studio_cannot_begin(
    made: Callable[[Any], WorldStories], tmp_path: Path
) -> None:
    stories = made(waits_for_a_file)
    stories.train("first")
    until(lambda: (tmp_path / "began").exists())
    with pytest.raises(UserError, match="There is no file"):
        serve([tmp_path / "none.hrm.json.gz"], tmp_path, port=8477, worlds=stories)
    until(lambda: stories.state()["worlds"]["first"]["state"] == "absent")


# --- as the page asks for it ---


@pytest.fixture
def client(made: Callable[[Any], WorldStories], tmp_path: Path) -> Iterator[TestClient]:
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    app = create_app([], static, tmp_path / "data", worlds=made(waits_for_a_file))
    with TestClient(app, base_url=ORIGIN) as client:
        yield client


def test_the_page_asks_for_a_world_and_may_take_it_back(client: TestClient) -> None:
    def state() -> str:
        return client.get("/worlds/state.json").json()["worlds"]["second"]["state"]

    assert state() == "absent"
    body = {"world": "second"}
    for _ in range(2):
        assert client.post("/worlds/train", json=body, headers=HEADERS).status_code == 202
    assert state() == "training"
    assert client.get("/worlds/state.json").headers["cache-control"] == "no-store"
    assert client.post("/worlds/cancel", json=body, headers=HEADERS).status_code == 200
    assert state() == "absent"


def test_the_page_is_told_what_is_wrong(client: TestClient) -> None:
    answer = client.post("/worlds/train", json={"world": "fourth"}, headers=HEADERS)
    assert answer.status_code == 400
    assert answer.json()["problem"] == ("No world is called 'fourth': choose first, second, third.")
    for address in ("/worlds/train", "/worlds/cancel"):
        answer = client.post(address, json=[], headers=HEADERS)
        assert answer.status_code == 400
        assert answer.json()["problem"] == "A request to train is JSON with the field world."
        assert client.post(address, json={"world": "first"}).status_code == 403


def test_a_studio_that_trains_no_stories_has_no_such_addresses(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    with TestClient(create_app([], tmp_path, tmp_path), base_url=ORIGIN) as client:
        assert client.get("/worlds/state.json").status_code == 404


def main(folder: Path) -> None:
    """A studio that trains the first story, in processes that do not end by themselves."""
    stories = WorldStories(folder, {"first": lambda: False}, waits_in_processes)
    stories.train("first")
    serve([], folder, port=0, static=folder / "static", worlds=stories)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
