"""The command line: its verbs, and how it ends."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hrmkit
from hrmkit import cli
from hrmkit.cli import installation
from hrmkit.errors import UserError
from hrmkit.model.shipped import shipped
from hrmkit.solving.loading import USUAL


def hrmkit_says(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hrmkit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_version() -> None:
    said = hrmkit_says("--version")
    assert (said.returncode, said.stdout) == (0, f"hrmkit {hrmkit.__version__}\n")


def test_help_names_every_verb_and_loads_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['hrmkit', '--help']\n"
        "from hrmkit.cli import main\n"
        "try: main()\n"
        "finally: print([name for name in ('torch', 'numpy', 'starlette') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.endswith("[]\n")
    for verb in ("studio", "play", "doctor"):
        assert re.search(rf"^  {verb} ", said.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frobnicate"], "'frobnicate'"),
        (["--frobnicate"], "--frobnicate"),
        (["studio", "--port", "many"], "--port"),
        (["studio", "--port", "70000"], "70000"),
        (["studio", "nothing.hrm.json.gz"], "no file nothing.hrm.json.gz"),
        (["play", "nothing.hrm.json.gz"], "no file nothing.hrm.json.gz"),
        (["play", "."], ". is not a file"),
        (["play", __file__], "is not a recording"),
        (["site", __file__, "--out", "site"], "is not a recording"),
        (["play"], "file"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_no_traceback(arguments: list[str], named: str) -> None:
    said = hrmkit_says(*arguments)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert named in said.stderr.lower()


def run_doctor_that(ends: Callable[[], object], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installation, "examine", ends)
    return CliRunner().invoke(cli.app, ["doctor"])


def test_an_error_for_the_user_is_one_line_and_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise UserError("99 tiles: choose 3 to 9")

    result = run_doctor_that(fail, monkeypatch)
    assert result.exit_code == 2
    assert result.stderr == "error: 99 tiles: choose 3 to 9\n"
    assert result.stdout == ""


def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    result = run_doctor_that(interrupt, monkeypatch)
    assert result.exit_code == 130
    assert result.output.strip() == ""


def test_a_defect_of_the_program_is_not_taken_for_a_wrong_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down() -> None:
        raise ValueError("a defect")

    result = run_doctor_that(break_down, monkeypatch)
    assert isinstance(result.exception, ValueError)


def test_doctor_ends_with_1_exactly_when_something_needed_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    optional = installation.Finding("chromium", "optional", "not found", "install it")
    missing = installation.Finding("page", "missing", "not there", "build it")
    result = run_doctor_that(lambda: [optional], monkeypatch)
    assert (result.exit_code, "-> install it" in result.stdout) == (0, True)
    result = run_doctor_that(lambda: [optional, missing], monkeypatch)
    assert (result.exit_code, "-> build it" in result.stdout) == (1, True)


def test_doctor_looks_at_what_is_really_here() -> None:
    findings = {finding.subject: finding for finding in installation.examine()}
    assert findings["Python"].found.startswith(".".join(map(str, sys.version_info[:3])))
    import torch

    assert findings["torch"].found == torch.__version__
    models = [finding.found for finding in installation.examine() if finding.subject == "model"]
    assert [said.split(" (")[0] for said in models] == list(shipped())
    usual = [said for said in models if "answers sudoku where no other is named" in said]
    assert len(usual) == 1
    assert usual[0].startswith(USUAL["sudoku"])
    assert findings["device"].found.split(":")[0] in ("cpu", "cuda")
    needed = {"gymnasium", "numpy", "platformdirs", "pydantic", "rich"}
    needed |= {"safetensors", "starlette", "torch", "typer", "uvicorn"}
    assert needed <= findings.keys()
    assert not any("pytest" in subject for subject in findings)


def test_doctor_says_when_the_data_folder_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path / "file" / "data"))
    finding = installation.folder()
    assert finding.state == "missing"
    assert "HRMKIT_DATA" in finding.remedy
    assert str(tmp_path / "file" / "data") in finding.found


def test_doctor_says_when_the_page_is_not_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hrmkit, "__file__", str(tmp_path / "__init__.py"))
    assert installation.page().state == "missing"


def test_doctor_says_when_python_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    assert installation.python().state == "missing"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["train", "sudoku", "--data", ""], "--data is empty"),
        (["train", "sudoku", "--data="], "--data is empty"),
        (["train", "sudoku", "--data", "x.csv", "--recipe.lr="], "--recipe.lr is empty"),
        (["solve", "sudoku", ""], "a word is empty"),
        (["solve", "sudoku", "1...", "--model", ""], "--model is empty"),
        (["site", "--out", ""], "--out is empty"),
        (["data", "sudoku", "--difficulty", ""], "--difficulty is empty"),
    ],
)
def test_a_word_that_a_shell_left_empty_is_no_value(
    arguments: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 2
    assert f"Error: Invalid value: {named}: give a value, or leave it out" in result.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [("--limit", "few", "integer"), ("--limit", "1.5", "integer"), ("--noise", "some", "number")],
)
def test_a_value_that_is_refused_is_named(option: str, value: str, wanted: str) -> None:
    result = CliRunner().invoke(cli.app, ["eval", "run", "--data", "four.csv", option, value])
    assert result.exit_code == 2
    said = f"Error: Invalid value for '{option}': '{value}' is not a valid {wanted}"
    assert said in result.stderr
