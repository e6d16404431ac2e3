"""Worlds' stories that are trained while the studio runs: once each, in order, and told about."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hrmkit.errors import UserError
from hrmkit.progress import Progress
from hrmkit.recording.world.schema import Recording
from hrmkit.studio.server import create_app
from hrmkit.studio.worlds import StoryTask, WorldStories

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
    from hrmkit.studio.server import serve

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
