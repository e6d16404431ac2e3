"""Names that were renamed: the old ones work for one release, and say what the new one is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.model.checkpoint import save
from hrmkit.renamed import OPTIONS, with_new_options
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
