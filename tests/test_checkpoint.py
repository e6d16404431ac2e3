import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

import hrmkit
from hrmkit.errors import UserError
from hrmkit.model import sources
from hrmkit.model.originals import CONFIG, save_original, to_original
from hrmkit.model.presets import HRM_27M, TRM, preset
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.state_dict import tensors_in
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring, WorldInterface
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.solving.loading import load_model

SMALL = Sizes(width=32, heads=2, inner=256, blocks=1, rope_base=10_000.0)
FACE = PuzzleInterface(vocab=11, tokens=81, puzzles=3)
WIRINGS = {
    "hrm": HRM_27M,
    "trm": TRM,
    "trm-mlp": replace(TRM, mixing="tokens", positions="none"),
    "learned": replace(HRM_27M, positions="learned"),
}
BATCH = PuzzleBatch(torch.randint(0, 11, (2, 81)), torch.tensor([0, 2]))


def small(name: str = "hrm") -> PuzzleHRM:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = PuzzleHRM(WIRINGS[name], SMALL, FACE)
        assert model.puzzle_embedding is not None
        with torch.no_grad():
            model.puzzle_embedding.weight.normal_()
        return model


def said(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model.segment(model.initial_carry(BATCH), BATCH)[1].logits


@pytest.mark.parametrize("name", WIRINGS)
def test_a_model_comes_back_as_it_was_saved(name: str, tmp_path: Path) -> None:
    model = small(name)
    hrmkit.save(model, tmp_path / "m", {"seed": 3})
    again = hrmkit.load(tmp_path / "m")
    assert again.wiring == model.wiring
    assert torch.equal(said(again), said(model))
    assert json.loads((tmp_path / "m" / "wiring.json").read_text())["metadata"] == {"seed": 3}


@pytest.mark.parametrize("name", WIRINGS)
def test_a_model_comes_back_through_the_originals_layout(name: str, tmp_path: Path) -> None:
    model = small(name)
    save_original(model, tmp_path)
    again = hrmkit.load(tmp_path)
    assert again.wiring == model.wiring
    assert again.sizes == model.sizes
    assert torch.equal(said(again), said(model))


def test_a_published_checkpoint_is_read(tmp_path: Path) -> None:
    """Their layout: `_orig_mod.`-prefixed names, no interface in the configuration, step files."""
    model = small()
    torch.save(to_original(model), tmp_path / "step_10")
    torch.save({}, tmp_path / "step_9")
    arch = {
        "name": "hrm.hrm_act_v1@HierarchicalReasoningModel_ACTV1",
        "H_cycles": 2,
        "L_cycles": 2,
        "H_layers": 1,
        "L_layers": 1,
        "hidden_size": 32,
        "num_heads": 2,
        "expansion": 4,
        "halt_max_steps": 16,
        "halt_exploration_prob": 0.1,
        "pos_encodings": "rope",
        "puzzle_emb_ndim": 32,
    }
    (tmp_path / CONFIG).write_text(yaml.safe_dump({"arch": arch, "lr": 1e-4, "seed": 0}))
    again = hrmkit.load(tmp_path)
    assert isinstance(again, PuzzleHRM)
    assert again.interface == FACE
    assert torch.equal(said(again), said(model))


def test_a_world_model_is_saved_too(tmp_path: Path) -> None:
    chosen = preset("keydoor")
    model = WorldHRM(chosen.wiring, chosen.sizes, WorldInterface(12, 3, 4))
    model.save_pretrained(str(tmp_path))
    again = WorldHRM.from_pretrained(str(tmp_path))
    assert torch.equal(again.low_init, model.low_init)
    with pytest.raises(UserError, match="holds a WorldHRM, not a PuzzleHRM"):
        PuzzleHRM.from_pretrained(str(tmp_path))


def edit(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def edited(folder: Path) -> None:
        path = folder / "wiring.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return edited


def edit_tensors(change: Callable[[dict[str, torch.Tensor]], Any]) -> Callable[[Path], None]:
    def edited(folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        save_file(tensors, folder / "model.safetensors")

    return edited


def truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no tensors": (lambda f: (f / "model.safetensors").unlink(), "there is no .*safetensors"),
    "truncated": (truncate, "damaged or truncated"),
    "missing": (edit_tensors(lambda t: t.pop("q_head.bias")), "lacks the tensor q_head.bias"),
    "extra": (
        edit_tensors(lambda t: t.update(nonsense=torch.zeros(1))),
        "does not know: nonsense",
    ),
    "shape": (
        edit_tensors(lambda t: t.update({"low_init": torch.zeros(7)})),
        r"low_init of shape \[7\].*\[32\]",
    ),
    "integers": (
        edit_tensors(lambda t: t.update({"low_init": torch.zeros(32, dtype=torch.int64)})),
        "low_init of type torch.int64",
    ),
    "not JSON": (lambda f: (f / "wiring.json").write_text("{"), "not valid JSON"),
    "other JSON": (lambda f: (f / "wiring.json").write_text("[1]"), "does not describe a model"),
    "newer": (edit(lambda c: c.update(version=2)), "version 2.*upgrade"),
    "kind": (edit(lambda c: c.update(kind="poem")), "kind 'poem'.*puzzle, world"),
    "unknown wire": (edit(lambda c: c["wiring"].update(wormhole=True)), "not known here.*wormhole"),
    "impossible": (edit(lambda c: c["wiring"].update(recall=False)), "plug in recall"),
    "no sizes": (edit(lambda c: c.pop("sizes")), "does not say its sizes"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_model_gets_one_sentence(what: str, tmp_path: Path) -> None:
    hrmkit.save(small(), tmp_path)
    breaks, sentence = BROKEN[what]
    breaks(tmp_path)
    with pytest.raises(UserError, match=sentence) as caught:
        hrmkit.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_broken_original_checkpoints_get_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither"):
        hrmkit.load(tmp_path)
    save_original(small(), tmp_path)
    good = torch.load(tmp_path / "checkpoint", weights_only=True)
    name = "_orig_mod.model.inner.q_head.bias"
    torch.save({k: v for k, v in good.items() if k != name}, tmp_path / "checkpoint")
    with pytest.raises(UserError, match=r"lacks the tensor q_head\.bias"):
        hrmkit.load(tmp_path)
    torch.save({"weights": "no tensor"}, tmp_path / "checkpoint")
    with pytest.raises(UserError, match="not a bare state dict"):
        hrmkit.load(tmp_path)
    (tmp_path / "checkpoint").write_bytes(b"nonsense")
    with pytest.raises(UserError, match="read safely"):
        hrmkit.load(tmp_path)
    torch.save(good, tmp_path / "checkpoint")
    config = yaml.safe_load((tmp_path / CONFIG).read_text())
    del config["arch"]["H_cycles"]
    (tmp_path / CONFIG).write_text(yaml.safe_dump(config))
    with pytest.raises(UserError, match="lacks H_cycles"):
        hrmkit.load(tmp_path)
    (tmp_path / CONFIG).write_text("a: [")
    with pytest.raises(UserError, match="not valid YAML"):
        hrmkit.load(tmp_path)


class Bomb:
    """Runs code when it is unpickled without care."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("exploded"),))


def test_a_pickle_that_would_run_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_original(small(), tmp_path)
    torch.save({"bomb": Bomb()}, tmp_path / "checkpoint")
    with pytest.raises(UserError, match="read safely"):
        hrmkit.load(tmp_path)
    assert not Path("exploded").exists()


@pytest.mark.parametrize("wires", [{"gradient": "full"}, {"gate": "stable"}])
def test_wires_that_no_original_has_are_not_written(tmp_path: Path, wires: dict[str, str]) -> None:
    model = PuzzleHRM(replace(HRM_27M, **wires), SMALL, FACE)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="neither HRM nor TRM"):
        save_original(model, tmp_path)


def test_the_hub_is_asked_for_names_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hrmkit.save(small(), tmp_path)
    asked: list[str] = []

    def fetch(name: str) -> str:
        asked.append(name)
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    assert isinstance(hrmkit.load("someone/some-model"), PuzzleHRM)
    assert asked == ["someone/some-model"]
    for path in ("./nowhere/here", "nowhere", "/no/where"):
        with pytest.raises(UserError, match="there is no folder"):
            hrmkit.load(path)


OTHERS: dict[str, Callable[[dict[str, torch.Tensor], Path], Path]] = {
    **{
        f"{key} in a file {ending}": lambda tensors, folder, key=key, ending=ending: pickled(
            {key: tensors, "optimizer": {"state": {0: {"step": torch.tensor(3.0)}}}, "epoch": 3},
            folder / f"best{ending}",
        )
        for key, ending in {
            "model": ".pth",
            "state_dict": ".ckpt",
            "model_state_dict": ".pt",
            "module": ".bin",
        }.items()
    },
    "bare": lambda tensors, folder: pickled(tensors, folder / "weights.pth"),
    "a step with an ending": lambda tensors, folder: pickled(tensors, folder / "step_7.pt"),
    "safetensors": lambda tensors, folder: in_safetensors(tensors, folder / "weights.safetensors"),
    "an average that lacks what is not trained": lambda tensors, folder: pickled(
        {
            "model": {name: value + 1 for name, value in tensors.items() if "_init" not in name}
            | {name: value for name, value in tensors.items() if "_init" in name},
            "ema": {
                "decay": 0.999,
                "shadow": {
                    name.replace("_orig_mod.", "module."): value
                    for name, value in tensors.items()
                    if "_init" not in name
                },
            },
        },
        folder / "last.ckpt",
    ),
}


def pickled(content: Any, path: Path) -> Path:
    torch.save(content, path)
    return path


def in_safetensors(tensors: dict[str, torch.Tensor], path: Path) -> Path:
    save_file(tensors, path)
    return path


@pytest.mark.parametrize("how", OTHERS)
@pytest.mark.parametrize("name", WIRINGS)
def test_other_peoples_checkpoints_are_read(how: str, name: str, tmp_path: Path) -> None:
    model = small(name)
    save_original(model, tmp_path)
    (tmp_path / "checkpoint").unlink()
    file = OTHERS[how](to_original(model), tmp_path)
    for source in (tmp_path, file, tmp_path / CONFIG):
        again = hrmkit.load(source)
        assert (again.wiring, again.sizes) == (model.wiring, model.sizes)
        assert torch.equal(said(again), said(model))
    shutil.copy(file, tmp_path / "another.pth")
    if how == "a step with an ending":  # the largest step goes before what has none
        assert torch.equal(said(hrmkit.load(tmp_path)), said(model))
        return
    with pytest.raises(UserError, match=r"holds 2 checkpoints: name one of another\.pth"):
        hrmkit.load(tmp_path)


@pytest.mark.parametrize("name", WIRINGS)
def test_a_bare_state_dict_is_read_with_what_a_person_says(name: str, tmp_path: Path) -> None:
    model = small(name)
    file = pickled(to_original(model), tmp_path / "bare.pth")
    with pytest.raises(UserError, match=r"does not say its .*give --.* or in Python") as caught:
        hrmkit.load(file)
    asked = set(re.findall(r"--([a-z]+\.[a-z_]+) N", str(caught.value)))
    known = {"sizes.heads": SMALL.heads, "interface.tokens": 81}
    known |= {
        f"wiring.{one}": getattr(model.wiring, one)
        for one in ("cycles", "low_calls", "segments", "prefix")
    }
    again = hrmkit.load(file, **{one.replace(".", "__"): known[one] for one in asked})
    assert again.interface == FACE
    assert again.wiring == model.wiring
    if model.wiring.mixing == "attention":
        assert again.sizes == model.sizes
    assert torch.equal(said(again), said(model))
    text = load_model(file, {one: str(known[one]) for one in asked}).model
    assert text.wiring == model.wiring
    for wrong, sentence in (
        ({"sizes.heads": "many"}, "sizes.heads is 'many'"),
        ({"sizes.width": 64}, "asks for"),
        ({"sizes.hats": 3}, "no setting 'sizes.hats': did you mean"),
        ({"wiring.gradient": "zzz"}, "wiring.gradient is 'zzz'"),
    ):
        with pytest.raises(UserError, match=sentence):
            load_model(file, {one: known[one] for one in asked} | wrong)


def config_without_sizes(folder: Path, more: dict[str, Any]) -> None:
    """The configuration as it is published: it says nothing of what a puzzle is."""
    content = yaml.safe_load((folder / CONFIG).read_text())
    for name in ("vocab_size", "seq_len", "num_puzzle_identifiers"):
        del content[name]
    (folder / CONFIG).write_text(yaml.safe_dump(content | more))


@pytest.mark.parametrize(
    ("vocab", "more", "tokens"),
    [
        (6, {"data_path": "data/maze-30x30-hard-1k"}, 900),
        (6, {"data_paths": ["data/maze-10x10"]}, 100),
        (6, {"data_path": "data/sudoku-4x4"}, 16),
        (8, {}, None),
        (6, {}, None),
        (11, {}, 81),
        (12, {"data_path": "data/arc-aug-1000"}, 900),
        (20, {"data_path": "data/mine"}, None),
    ],
)
def test_how_many_tokens_a_puzzle_has_is_known_or_asked_for(
    vocab: int, more: dict[str, Any], tokens: int | None, tmp_path: Path
) -> None:
    model = PuzzleHRM(HRM_27M, SMALL, PuzzleInterface(vocab=vocab, tokens=16))
    save_original(model, tmp_path)
    config_without_sizes(tmp_path, more)
    if tokens is not None:
        assert hrmkit.load(tmp_path).interface.tokens == tokens  # type: ignore[union-attr]
        return
    with pytest.raises(UserError, match=r"does not say its interface\.tokens: give --interface"):
        hrmkit.load(tmp_path)
    assert hrmkit.load(tmp_path, interface__tokens=16).interface == model.interface


def test_what_a_mixer_or_a_table_says_of_its_tokens_is_not_asked_for(tmp_path: Path) -> None:
    for name in ("trm-mlp", "learned"):
        folder = tmp_path / name
        save_original(PuzzleHRM(WIRINGS[name], SMALL, PuzzleInterface(vocab=6, tokens=16)), folder)
        config_without_sizes(folder, {})
        assert hrmkit.load(folder).interface == PuzzleInterface(vocab=6, tokens=16)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hidden_size": 2**31, "puzzle_emb_ndim": 2**31}, "width is 2147483648"),
        ({"L_layers": 1000, "H_layers": 1000}, "lacks the tensor"),
        ({"H_cycles": 1.5}, "H_cycles is 1.5"),
        ({"H_cycles": float("nan")}, "H_cycles is nan"),
        ({"L_cycles": "two"}, "L_cycles is 'two'"),
        ({"num_heads": None}, "num_heads is None"),
        ({"expansion": float("inf")}, "expansion is inf"),
        ({"expansion": 1e300}, "expansion is 1e"),
        ({"pos_encodings": ["rope"]}, "pos_encodings is"),
        ({"mlp_t": "no"}, "mlp_t is 'no'"),
        ({"H_layers": 3}, "different depth"),
    ],
)
def test_an_originals_configuration_is_read_strictly(
    change: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    save_original(small(), tmp_path)
    content = yaml.safe_load((tmp_path / CONFIG).read_text())
    content["arch"] |= change
    (tmp_path / CONFIG).write_text(yaml.safe_dump(content))
    with pytest.raises(UserError, match=sentence) as caught:
        hrmkit.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_pytorchs_advice_to_run_a_files_code_reaches_nobody(tmp_path: Path) -> None:
    save_original(small(), tmp_path)
    pickled({"model": to_original(small()), "args": Bomb()}, tmp_path / "checkpoint")
    for content in (
        b"",
        b"\x80\x04.",
        b"PK\x03\x04nothing",
        (tmp_path / "checkpoint").read_bytes(),
    ):
        (tmp_path / "checkpoint").write_bytes(content)
        with pytest.raises(UserError, match="read safely") as caught:
            hrmkit.load(tmp_path)
        assert "weights_only" not in str(caught.value)


def test_a_dictionary_in_itself_holds_no_model() -> None:
    content: dict[str, Any] = {}
    content["model"] = content
    assert tensors_in(content) is None


def test_ours_is_found_by_any_of_its_files_and_says_all_itself(tmp_path: Path) -> None:
    model = small()
    hrmkit.save(model, tmp_path)
    for source in (tmp_path, tmp_path / "wiring.json", tmp_path / "model.safetensors"):
        assert torch.equal(said(hrmkit.load(source)), said(model))
    with pytest.raises(UserError, match=r"says what the model is: leave out --sizes\.heads"):
        hrmkit.load(tmp_path, sizes__heads=4)


@pytest.mark.parametrize(
    ("name", "part"),
    [("a/b", "ours"), ("a/b", "theirs/step_5"), ("a/b", "theirs"), ("a/b", "deep/run/step-1")],
)
def test_a_part_of_a_repository_is_fetched_alone(
    name: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, hub = small(), tmp_path / "hub"
    hrmkit.save(model, hub / "ours")
    hrmkit.save(model, hub / "deep" / "run" / "step-1")
    save_original(model, hub)
    (hub / "theirs").mkdir()
    (hub / "checkpoint").rename(hub / "theirs" / "step_5")
    fetched: list[str] = []

    def fetch(repository: str, allow_patterns: list[str]) -> str:
        """As the hub's client: files of the patterns, in a folder."""
        assert repository == name
        files = [str(path.relative_to(hub)) for path in hub.rglob("*") if path.is_file()]
        for file in huggingface_hub.utils.filter_repo_objects(files, allow_patterns=allow_patterns):
            fetched.append(file)
            (tmp_path / "cache" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(hub / file, tmp_path / "cache" / file)
        return str(tmp_path / "cache")

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    again = hrmkit.load(f"{name}/{part}")
    assert torch.equal(said(again), said(model))
    tensors = [file for file in fetched if not file.endswith((".json", ".yaml"))]
    assert len(tensors) == 1
    with pytest.raises(UserError, match="a/b on the hub has no nothing"):
        hrmkit.load(f"{name}/nothing")


def test_a_hub_that_does_not_answer_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(name: str) -> str:
        raise OSError("no route to host\nmore")

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    said = r"no folder or file a/b here, and it cannot be fetched from the hub: no route to host$"
    with pytest.raises(UserError, match=said):
        sources.download("a/b")


def test_a_model_is_pushed_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hub:
        """As much of the hub's client as an upload needs, with a folder for a hub."""

        def create_repo(self, name: str, exist_ok: bool) -> str:
            assert exist_ok
            return f"hub://{name}"

        def upload_folder(self, repo_id: str, folder_path: str) -> None:
            shutil.copytree(folder_path, tmp_path / repo_id)

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    model = small()
    assert model.push_to_hub("somebody/model") == "hub://somebody/model"
    assert torch.equal(said(hrmkit.load(tmp_path / "somebody/model")), said(model))


def test_a_hub_that_refuses_an_upload_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("you are not logged in")

    monkeypatch.setattr(huggingface_hub.HfApi, "create_repo", refuse)
    with pytest.raises(UserError, match="cannot upload to somebody/model on the hub: you are not"):
        small().push_to_hub("somebody/model")
    monkeypatch.undo()
    with pytest.raises(UserError, match="cannot upload to no name"):
        small().push_to_hub("no name")


def test_saving_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        hrmkit.save(small(), tmp_path / "file")


def test_the_wiring_is_saved_whole(tmp_path: Path) -> None:
    hrmkit.save(small("trm"), tmp_path)
    content = json.loads((tmp_path / "wiring.json").read_text())
    assert Wiring(**content["wiring"]) == TRM
