"""Names that were renamed: the old ones work for one release, and say what the new one is."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import hrmkit
from hrmkit.cli import app
from hrmkit.model.checkpoint import save
from hrmkit.recording.run.recorder import read_run
from hrmkit.renamed import FIT, OPTIONS, RECIPE, with_new_options
from hrmkit.runs.fit import planned
from hrmkit.runs.folder import RunFolder
from hrmkit.solving.loading import load_model
from tiny_solver import trained, write_csv


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A trained model in a folder, saved with the old name of its halt threshold."""
    save(trained(), tmp_path / "model", {"puzzle": "sudoku", "sure": 0.75})
    return str(tmp_path / "model")


def test_a_model_that_was_saved_with_the_old_name_keeps_its_halt_threshold(model: str) -> None:
    assert load_model(model).halt_threshold == 0.75


def test_a_renamed_option_works_and_its_new_name_is_told_once(model: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "four.csv")
    call = ["eval", model, "--data", str(tmp_path / "four.csv"), "--limit", "2", "--json"]
    old = CliRunner().invoke(app, [*call, "--sure", "0.5", "--sure=0.9"])
    new = CliRunner().invoke(app, [*call, "--halt-threshold", "0.9"])
    assert (old.exit_code, new.exit_code) == (0, 0)
    assert old.stderr.count("--sure is now called --halt-threshold") == 1
    assert "now called" not in new.stderr
    assert json.loads(old.stdout)["settings"] == json.loads(new.stdout)["settings"]
    assert json.loads(old.stdout)["settings"]["halt_threshold"] == 0.9


def test_the_json_of_an_evaluation_has_the_old_keys_beside_the_new_ones(
    model: str, tmp_path: Path
) -> None:
    write_csv(tmp_path / "four.csv")
    call = ["eval", model, "--data", str(tmp_path / "four.csv"), "--limit", "2", "--json"]
    content = json.loads(CliRunner().invoke(app, call).stdout)
    assert content["effort"] == content["settings"]
    assert content["effort"]["sure"] == content["settings"]["halt_threshold"] == 0.75
    assert all(one["said"] == one["predicted"] for one in content["by_certainty"])


def old_names_in(run: Path) -> None:
    """Write the run's description as the version before wrote it."""
    content = json.loads((run / "run.json").read_text())
    content["recipe"] = with_old_keys(content["recipe"])
    content["plan"] = with_old_keys({**content["plan"], "recipe": content["recipe"]})
    assert {"rate", "average", "smoothing", "puzzle_rate", "final_rate"} < set(content["recipe"])
    assert "begin" in content["plan"]
    (run / "run.json").write_text(json.dumps(content))


def with_old_keys(content: dict[str, Any]) -> dict[str, Any]:
    old_names = {new: old for old, new in (*RECIPE.items(), *FIT.items())}
    return {old_names.get(key, key): value for key, value in content.items()}


def test_a_run_with_the_old_names_goes_on_and_is_recorded_as_before(tmp_path: Path) -> None:
    write_csv(tmp_path / "four.csv")
    call = ["train", "sudoku", "--out", str(tmp_path / "run"), "--batch", "2"]
    new = [*call, "--data", str(tmp_path / "four.csv"), "--recipe.lr", "0.004", "--steps", "1"]
    assert CliRunner().invoke(app, new).exit_code == 0
    before = read_run(tmp_path / "run")
    old_names_in(tmp_path / "run")
    assert read_run(tmp_path / "run") == before
    assert {one.name: one.value for one in before.recipe}["rate"] == "0.004"
    assert planned(RunFolder(tmp_path / "run")).recipe.lr == 0.004
    other = CliRunner().invoke(app, [*call, "--resume", "--recipe.lr", "0.5", "--steps", "2"])
    assert "recipe.lr is 0.5, and was 0.004" in other.stderr
    assert CliRunner().invoke(app, [*call, "--resume", "--steps", "2"]).exit_code == 0
    assert json.loads((tmp_path / "run" / "run.json").read_text())["recipe"]["lr"] == 0.004


def test_old_keywords_of_fit_work_and_are_deprecated(tmp_path: Path) -> None:
    write_csv(tmp_path / "four.csv")
    data, first, second = str(tmp_path / "four.csv"), tmp_path / "first", tmp_path / "second"
    hrmkit.fit(data, out=first, steps=1, batch=2)
    with pytest.warns(DeprecationWarning, match="now called") as caught:
        hrmkit.fit(
            data,
            out=second,
            steps=1,
            batch=2,
            begin=str(first),
            rate=0.004,
            recipe__average=0.5,
            **{"recipe.smoothing": 0.1},
        )
    told = {str(one.message): one.filename for one in caught if "now called" in str(one.message)}
    assert told == dict.fromkeys(
        (
            "begin is now called init_from",
            "rate is now called lr",
            "average is now called ema_decay",
            "smoothing is now called label_smoothing",
        ),
        __file__,
    )
    plan = planned(RunFolder(second))
    assert plan.init_from == str(first)
    recipe = plan.recipe
    assert (recipe.lr, recipe.ema_decay, recipe.label_smoothing) == (0.004, 0.5, 0.1)


ALL = [(verb, old, new) for verb, names in OPTIONS.items() for old, new in names.items()]


@pytest.mark.parametrize(("verb", "old", "new"), ALL)
def test_every_old_option_is_a_new_one_that_its_verb_has(verb: str, old: str, new: str) -> None:
    told: list[tuple[str, str]] = []
    words = with_new_options(
        verb, [verb, old, "1", f"{old}=2", "--", old], lambda *p: told.append(p)
    )
    assert words == [verb, new, "1", f"{new}=2", "--", old]
    assert told == [(old, new)]
    assert with_new_options("other", ["other", old], lambda *p: told.append(p)) == ["other", old]
    page = CliRunner().invoke(app, [verb, "--help"]).stdout
    assert old not in page
    assert new in page or new.startswith("--recipe.")
