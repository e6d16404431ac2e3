"""What the page has to know beside its recordings: written by studio and site, and complete."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.recording.definitions import constants, definitions, definitions_json
from hrmkit.recording.json_schema import json_schema
from hrmkit.recording.world.schema import Recording
from hrmkit.recording.world.settings import BOUNDS, DEFAULT, ablations_of, check
from hrmkit.studio import server, stories
from hrmkit.studio.site import write_site
from hrmkit.worlds.registry import WORLDS
from tiny_run import tiny_run


def test_every_training_of_every_world_has_words() -> None:
    found = definitions()
    words = {run.name for run in found.runs}
    for world in WORLDS.values():
        assert {plan.name for plan in ablations_of(world)} | {"main"} <= words
    assert all(run.title and run.what.endswith(".") for run in found.runs)


def test_the_default_world_is_told_as_its_recordings_have_it(story: Recording) -> None:
    (world,) = [one for one in definitions().worlds if one.name == story.settings.world]
    assert [(a.name, a.preset, a.freeze) for a in world.ablations] == [
        (run.name, run.settings.preset, run.settings.freeze) for run in story.ablations
    ]
    (title,) = [one.title for one in world.models if one.preset == story.settings.preset]
    assert title in story.title
    assert [t.entity for t in world.things] == [e.name for e in story.world.entities]


def test_a_knob_goes_no_further_than_what_is_accepted() -> None:
    for name, knob in constants().knobs.items():
        assert (knob.least, knob.most) == BOUNDS[name]
        assert knob.least <= knob.from_ < knob.to <= knob.most
        for value in (knob.from_, knob.to):
            kind = type(getattr(DEFAULT, name))
            check(DEFAULT.model_copy(update={name: kind(value)}))
        with pytest.raises(UserError):
            check(DEFAULT.model_copy(update={name: knob.most + 1}))


def missing(schema: dict[str, Any], value: Any, whole: dict[str, Any]) -> list[str]:
    """Where `value` has a field that the schema lacks, or lacks one that it asks for."""
    if "$ref" in schema:
        return missing(whole["$defs"][schema["$ref"].split("/")[-1]], value, whole)
    if isinstance(value, list):
        return [found for item in value for found in missing(schema["items"], item, whole)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    fields = schema["properties"]
    wrong = sorted((set(value) - set(fields)) | (set(schema.get("required", ())) - set(value)))
    return wrong + [
        found
        for name, inner in value.items()
        if name in fields
        for found in missing(fields[name], inner, whole)
    ]


def test_the_json_is_as_its_schema_says() -> None:
    schema, written = (
        json.loads(json_schema("definitions.schema.json")),
        json.loads(definitions_json()),
    )
    assert missing(schema, written, schema) == []
    assert missing(schema, {**written, "more": 1}, schema) == ["more"]
    del written["worlds"][0]["sizes"][0]["unit"]
    assert missing(schema, written, schema) == ["unit"]


def test_the_studio_and_the_site_hand_them_out(tmp_path: Path, prepared: Path) -> None:
    static, data, out = tmp_path / "static", tmp_path / "data", tmp_path / "site"
    static.mkdir()
    (static / "index.html").write_text("the page")
    path = stories.write_definitions(data)
    assert path.read_text() == definitions_json()
    client = TestClient(server.create_app([], static, data), base_url="http://127.0.0.1")
    assert client.get("/graphs/definitions.json").text == definitions_json()
    write_site(out, [], data, {}, static)
    assert (out / "graphs" / "definitions.json").read_text() == definitions_json()


def test_they_are_there_before_any_story_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories, "ensure_default_story", lambda data: data / "story")
    assert stories.stories(tmp_path)[0] == tmp_path / "story"
    assert (tmp_path / "graphs" / "definitions.json").read_text() == definitions_json()


def test_the_studio_of_a_run_writes_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path / "own"))
    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    run = tmp_path / "run"
    tiny_run(run, steps=2)
    said = CliRunner().invoke(app, ["studio", str(run)])
    assert said.exit_code == 0, said.output
    assert (tmp_path / "own" / "graphs" / "definitions.json").read_text() == definitions_json()


def test_two_studios_may_write_them_at_the_same_time(tmp_path: Path) -> None:
    def studio(_: int) -> None:
        for _ in range(5):
            stories.write_definitions(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(studio, range(8)))
    (path,) = (tmp_path / "graphs").iterdir()
    assert path.read_text() == definitions_json()


def test_where_they_cannot_be_written_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "graphs").write_text("a file")
    with pytest.raises(UserError, match=r"cannot write .*definitions\.json"):
        stories.write_definitions(tmp_path)
