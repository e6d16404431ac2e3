"""A world that is not in the package goes the whole way: nothing needs to know it beforehand."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from typer.testing import CliRunner, Result

import hrmkit
from hrmkit.cli import app
from hrmkit.experiments import study
from hrmkit.experiments.record import record
from hrmkit.folders import BASES
from hrmkit.progress import silent
from hrmkit.recording.definitions import definitions
from hrmkit.recording.file import dumps, load
from hrmkit.recording.world.schema import Recording
from hrmkit.recording.world.settings import default_settings, settings_of
from hrmkit.studio.export import THINK_INPUTS, THINK_OUTPUTS, think_function
from hrmkit.studio.graphs import graphs_of, presets_of, theta_of
from hrmkit.studio.stories import lay_out_engine, made_by, read_index
from hrmkit.training.worlds.base import base_model
from hrmkit.training.worlds.policy import features_of, policy_of, roll_out, score
from hrmkit.worlds.registry import WORLDS
from page_fixtures import EXPORTED
from some_world import BELL
from test_graphs import unpacked

PRESETS = presets_of(BELL)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORLDS, BELL.name, BELL)
    # Processes of their own would not know the world.
    monkeypatch.setattr("hrmkit.processes.processes", lambda: 1)


@pytest.fixture
def own(prepared: Path) -> Path:
    """A data folder with the world's base models, story and graphs; `make prepared` trains it."""
    folder = prepared / BELL.name
    assert folder.is_dir(), "nothing is prepared; run: make prepared"
    return folder


@pytest.fixture
def bell_story(own: Path) -> Recording:
    story = load(own / "recordings" / "bell.hrm.json.gz")
    assert isinstance(story, Recording)
    return story


@pytest.fixture
def data(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder that has the base models."""
    folder = tmp_path / "own"
    shutil.copytree(own / BASES, folder / BASES)
    monkeypatch.setenv("HRMKIT_DATA", str(folder))
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_its_base_rings_a_covered_bell_and_a_few_examples_mend_that(bell_story: Recording) -> None:
    first, last = bell_story.curve[0].score, bell_story.curve[-1].score
    assert first.success <= 0.05
    assert first.order_mistakes >= 0.95
    assert last.success >= 0.95
    assert not bell_story.rollouts[0].episode.success
    assert bell_story.rollouts[-1].episode.success


def test_its_story_tells_of_it_and_of_all_its_trainings(bell_story: Recording) -> None:
    settings = bell_story.settings
    assert (settings.world, settings.tiles, settings.sizes) == ("bell", 3, {"cloths": 1})
    assert bell_story.title == (
        "Cloth -> Bell: Planner and Doer, 4 examples, 3 tiles, 1 cloth, noise 0, seed 0"
    )
    assert bell_story.world == BELL.sized().table()
    names = ["flat", "frozen-planner", "frozen-doer"]
    assert [one.name for one in bell_story.ablations] == names
    assert bell_story.model.preset == "bell"
    for checkpoint, rollout in zip(bell_story.checkpoints, bell_story.rollouts, strict=True):
        subgoal = np.array(checkpoint.policy.subgoal_logits).argmax(-1)
        logits = np.array(checkpoint.policy.action_logits)
        assert logits.shape[1:] == (2, 3)
        action = logits[np.arange(len(logits)), subgoal].argmax(-1)
        episode = roll_out(bell_story.world, subgoal, action, bell_story.showcase)
        assert [step.state for step in rollout.episode.steps] == list(episode.states)
    for thought in bell_story.rollouts[0].thoughts:
        assert {len(call.change) for part in thought.segments for call in part.calls} == {5}


def test_it_is_recorded_from_the_command_line_in_another_size(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "bell.hrm.json.gz"
    few = ("--examples", "2", "--passes", "2", "--no-ablations", "--seeds", "1", "--out", out)
    said = run("record", "bell", "--tiles", "4", "--size", "cloths=2", *few)
    assert said.exit_code == 0, said.output
    recording = load(out)
    assert isinstance(recording, Recording)
    assert recording.settings.sizes == {"cloths": 2}
    assert recording.world == BELL.sized({"tiles": 4, "cloths": 2}).table()
    settings = settings_of("bell", tiles=4, sizes={"cloths": 2}, examples=2, passes=2)
    again = hrmkit.record(settings, ablations=False, seeds=1, cache=data / BASES)
    assert dumps(again) == out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("record", "bells"), "no world is called 'bells': choose key-door, "),
        (("study", "bells"), "no world is called 'bells': choose key-door, "),
        (("record", "bell", "--tiles", "9"), "9 tiles in bell: choose 2 to 4"),
        (("record", "bell", "--size", "cloths"), "--size cloths: write NAME=NUMBER"),
        (("record", "bell", "--size", "swaps=2"), "bell has no size 'swaps'"),
        (("record", "key-door", "--size", "cloths=2"), "key-door has no size 'cloths'"),
        (("record", "bell", "--flat", "--freeze", "doer"), "bell-flat has one module"),
    ],
)
def test_what_a_world_does_not_have_gets_one_sentence_on_the_command_line(
    arguments: tuple[str, ...], sentence: str
) -> None:
    said = run(*arguments)
    assert said.exit_code == 2
    last = said.stderr.strip()
    assert last.startswith(f"error: {sentence}")
    assert "\n" not in last


def test_a_preset_of_another_world_is_refused(data: Path) -> None:
    mixed = default_settings("bell").model_copy(update={"preset": "keydoor"})
    with pytest.raises(hrmkit.errors.UserError, match="bell has no model 'keydoor'"):
        record(mixed, cache=data / BASES)


def test_it_is_studied(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fewer in (("COUNTS", (1, 4)), ("NOISES", (0.0,)), ("NOISY", (4,))):
        monkeypatch.setattr(study, name, fewer)
    monkeypatch.setattr(study, "FEW", 4)
    monkeypatch.setattr(study, "MANY", 5)
    out = tmp_path / "bell.md"
    said = run("study", "bell", "--seeds", "1", "--out", out)
    assert said.exit_code == 0, said.output
    text = out.read_text()
    assert "hrmkit study bell --seeds 1" in text
    assert "all 9 starts on 3 tiles, 1 cloth, at most 12 steps" in text
    assert "| wiring | 2 tiles, 1 cloth | 2 tiles, 2 cloths | 3 tiles, 1 cloth |" in text
    assert "hierarchy 0.01, 0.0003; flat 0.01, 0.003." in text
    settings = default_settings("bell")
    model, _, _ = study.train_quietly(settings, data / BASES)
    found = score(BELL.sized().table(), policy_of(model, BELL.sized().table())).success
    assert f"| 4 | {found:.2f} |" in text
    (kept,) = (data / "studies").glob("bell-*.jsonl")
    before = kept.read_bytes()
    assert run("study", "bell", "--seeds", "1", "--out", out).exit_code == 0
    assert kept.read_bytes() == before  # nothing is trained twice
    assert out.read_text() == text


@pytest.mark.parametrize("preset", PRESETS)
def test_its_graphs_think_what_pytorch_thinks(own: Path, preset: str) -> None:
    model = base_model(preset, BELL.defaults.base_seed, own / BASES)
    think = onnxruntime.InferenceSession(own / "graphs" / graphs_of(preset)[0])
    for sizes in BELL.every_size():
        features = features_of(BELL.sized(sizes).table())
        inputs = (theta_of(model), model.high_init, model.low_init, features)
        with torch.no_grad():
            expected = think_function(model)(*inputs)
        found = think.run(
            list(THINK_OUTPUTS), {k: v.numpy() for k, v in zip(THINK_INPUTS, inputs, strict=True)}
        )
        for output, a, b in zip(THINK_OUTPUTS, found, expected, strict=True):
            assert a.shape == tuple(b.shape), output
            assert np.allclose(a, b.numpy(), rtol=1e-3, atol=1e-3), output


@pytest.mark.parametrize("preset", PRESETS)
def test_its_graphs_take_the_step_that_pytorch_takes(own: Path, preset: str) -> None:
    kept = json.loads((own / "graphs" / "parity.json").read_text())["step"][preset]
    step = onnxruntime.InferenceSession(own / "graphs" / graphs_of(preset)[1])
    inputs = {key: unpacked(value) for key, value in kept["inputs"].items()}
    assert inputs["subgoal"].shape[1] == 2
    assert inputs["action"].shape[1] == 3
    found = dict(zip(kept["outputs"], step.run(list(kept["outputs"]), inputs), strict=True))
    wanted = {output: unpacked(value) for output, value in kept["outputs"].items()}
    # Adam takes a full step even on a gradient that is rounding noise (v of 1e-14).
    real = wanted["v_after"] > 1e-12
    assert real.mean() > 0.9
    noise = np.linalg.norm((found["theta_after"] - wanted["theta_after"])[~real])
    for output, b in wanted.items():
        a = found[output]
        assert a.shape == b.shape, output
        if output == "theta_after":
            a, b = a[real], b[real]
        # Two lengths differ by no more than the length of the difference.
        margin = 1e-5 + (noise if output == "weight_change" else 0)
        assert np.allclose(a, b, rtol=1e-5, atol=margin), (output, np.abs(a - b).max())


def test_the_pages_engine_finds_its_tables_and_models_by_world_and_size(own: Path) -> None:
    index = json.loads((own / "graphs" / "index.json").read_text())
    assert set(index["tables"]) == {"bell"}
    for sizes in BELL.every_size():
        file = index["tables"]["bell"][BELL.size_key(sizes)]
        table = json.loads((own / "graphs" / file).read_text())
        assert table == BELL.sized(sizes).table().model_dump(mode="json")
    assert set(index["presets"]) == set(PRESETS)
    for preset, entry in index["presets"].items():
        assert entry["world"] == "bell"
        assert entry["card"]["preset"] == preset
        theta = np.fromfile(own / "graphs" / entry["base"]["0"], dtype="<f4")
        model = base_model(preset, 0, own / BASES)
        assert (theta == theta_of(model).numpy()).all()
        assert entry["told"] == (2 if preset == "bell" else 1)


def test_its_engine_files_leave_those_of_other_worlds_as_they_are(
    data: Path, own: Path, prepared: Path
) -> None:
    (data / "graphs").mkdir()
    before = (prepared / "graphs" / "index.json").read_text()
    (data / "graphs" / "index.json").write_text(before)
    lay_out_engine(BELL, data, silent, EXPORTED)
    kept, index = json.loads(before), json.loads((data / "graphs" / "index.json").read_text())
    for field in ("presets", "tables", "made_by"):
        assert {**index[field], **kept[field]} == index[field]
        assert set(index[field]) > set(kept[field])
    assert index["worlds"] == kept["worlds"] == kept["tables"]["key-door"]
    own_index = json.loads((own / "graphs" / "index.json").read_text())
    assert {**index["presets"], **own_index["presets"]} == index["presets"]


def test_an_index_from_before_there_were_worlds_is_made_anew(tmp_path: Path) -> None:
    index = tmp_path / "index.json"
    for text in ('{"fingerprint": "e39074e42bff"}', "[1]", "not json"):
        index.write_text(text)
        assert read_index(index) == {}
        assert made_by(index, BELL) is None


def test_the_definitions_beside_its_graphs_are_those_of_now(own: Path) -> None:
    written = json.loads((own / "graphs" / "definitions.json").read_text())
    assert written == json.loads(definitions().model_dump_json(by_alias=True))
    worlds = {world["name"]: world for world in written["worlds"]}
    assert list(worlds) == list(WORLDS)
    bell = worlds["bell"]
    assert [one["name"] for one in bell["ablations"]] == ["flat", "frozen-planner", "frozen-doer"]
    assert [(one["wiring"], one["flat"]) for one in bell["models"]] == [
        ("hierarchy", False),
        ("flat", True),
    ]
