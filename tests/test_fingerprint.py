from pathlib import Path

from hrmkit.fingerprint import fingerprint as kept_while_a_program_runs

fingerprint = kept_while_a_program_runs.__wrapped__


def test_it_changes_with_any_file_of_a_folder_however_deep(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for path in (tmp_path / "one.py", deep / "two.py"):
        path.write_text("x = 1\n")
    folder, before = str(tmp_path), fingerprint(str(tmp_path))
    assert fingerprint(folder) == before
    (tmp_path / "notes.txt").write_text("no code")
    assert fingerprint(folder) == before
    (deep / "two.py").write_text("x = 2\n")
    changed = fingerprint(folder)
    assert changed != before
    (deep / "three.py").write_text("y = 1\n")
    assert fingerprint(folder) not in (before, changed)


def test_it_is_of_the_parts_that_are_named(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("x = 1\n")
    before = fingerprint("errors.py", str(own))
    assert before != fingerprint("errors.py")
    own.write_text("x = 2\n")
    assert fingerprint("errors.py", str(own)) != before
