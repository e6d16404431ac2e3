"""Made puzzles: proper, as hard as asked for, the same from a seed, and none in both files."""

import csv
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hrmkit.cli import app
from hrmkit.errors import UserError
from hrmkit.progress import silent
from hrmkit.puzzles.files import Row, check_writable, load_puzzles, save_puzzles
from hrmkit.puzzles.making import WorkShare, make, work_shares
from hrmkit.puzzles.maze import newspaper
from hrmkit.puzzles.maze.hard import make_mazes, shortest_for
from hrmkit.puzzles.maze.paths import distances
from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.puzzle import as_grids
from hrmkit.puzzles.sudoku import near
from hrmkit.puzzles.sudoku.easier import make_easier_sudokus
from hrmkit.puzzles.sudoku.generator import (
    FROM_A_LINEAGE,
    MOST_BLANKS,
    Pool,
    as_text,
    blanks_range,
    check_orders,
    children,
    dug,
    founders,
    guesses_for,
    guesses_of,
    hardest,
    island,
    make_sudokus,
    make_sudokus_with_blanks,
    next_generation,
    solved_grids,
    trimmed,
)
from hrmkit.puzzles.sudoku.near import make_sudokus_near, seeds_of
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.puzzles.sudoku.search import search
from hrmkit.puzzles.sudoku.small import canonical

EASY = partial(make_sudokus, guesses=0.0)
MAZES = partial(make_mazes, side=8, shortest=16)


def assert_needs_every_clue(puzzles: np.ndarray) -> None:
    assert (search(puzzles).solutions == 1).all()
    rows, cells = np.nonzero(puzzles)
    fewer = puzzles[rows]
    fewer[np.arange(len(rows)), cells] = 0
    assert (search(fewer).solutions == 2).all()


def test_solved_grids_are_solved_and_differ() -> None:
    grids = solved_grids(np.random.default_rng(0), 40)
    nothing = np.ones_like(grids)
    assert Sudoku().are_valid(nothing, grids + 1).all()
    assert len(np.unique(grids, axis=0)) == 40
    firsts = np.bincount(grids[:, 0], minlength=10)[1:]
    assert firsts.max() < 15  # no digit is preferred


def test_dug_puzzles_have_one_solution_and_need_every_clue() -> None:
    rng = np.random.default_rng(1)
    grids = solved_grids(rng, 6)
    puzzles = dug(grids, rng)
    assert (puzzles > 0).sum(1).max() < 30
    assert (search(puzzles).first == grids).all()
    assert_needs_every_clue(puzzles)


def test_trimmed_puzzles_need_every_clue_too() -> None:
    rng = np.random.default_rng(2)
    grids = solved_grids(rng, 8)
    fuller = dug(grids, rng)
    more = rng.random(grids.shape) < 0.1
    fuller[more] = grids[more]
    puzzles = trimmed(fuller, rng)
    assert ((puzzles == fuller) | (puzzles == 0)).all()
    found = search(puzzles)
    assert (found.solutions == 1).all()
    assert (found.first == grids).all()
    assert_needs_every_clue(puzzles)


def test_children_have_one_solution_and_are_rated_right() -> None:
    rng = np.random.default_rng(3)
    parents = founders(rng, 16)
    born = children(parents, rng)
    found = search(born.given)
    assert (found.solutions == 1).all()
    assert (found.first == born.solution).all()
    assert (found.guesses == born.guesses).all()
    assert (born.given != parents.given).any(1).mean() > 0.8
    assert ((born.given > 0) & (parents.given > 0)).sum(1).min() > 15  # but much like them


def test_a_pool_gets_harder_and_no_lineage_takes_it_over() -> None:
    rng = np.random.default_rng(4)
    pool = founders(rng, 32)
    before = pool.guesses.mean()
    for _ in range(6):
        later = next_generation(pool, rng, 100.0)
        assert len(later) == len(pool)
        assert later.guesses.min() >= pool.guesses.min()
        pool = later
    assert pool.guesses.mean() > before + 1
    assert np.bincount(pool.founder).max() <= FROM_A_LINEAGE
    assert len(np.unique(pool.given, axis=0)) == len(pool)
    assert (search(pool.given).first == pool.solution).all()
    twice = hardest(pool.joined(pool), 64)
    assert len(twice) == 32
    assert (np.diff(twice.guesses) <= 0).all()


def test_what_is_hard_enough_has_no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    pool = founders(rng, 32)
    enough = float(np.median(pool.guesses))
    bred: list[int] = []

    def noted(parents: Pool, rng: np.random.Generator) -> Pool:
        bred.extend(parents.guesses.tolist())
        return children(parents, rng)

    monkeypatch.setattr("hrmkit.puzzles.sudoku.generator.children", noted)
    next_generation(pool, rng, enough)
    assert bred
    assert max(bred) < enough <= pool.guesses.max()


def test_an_island_is_as_hard_as_asked_for_or_says_that_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert island(np.random.default_rng(5), 16, 8.0).guesses.mean() >= 8
    monkeypatch.setattr("hrmkit.puzzles.sudoku.generator.MOST_GENERATIONS", 2)
    with pytest.raises(UserError, match="sudokus that need 150 guesses were not found in time"):
        island(np.random.default_rng(5), 16, 150.0)


def test_made_sudokus_say_their_guesses_and_their_lineage() -> None:
    rows = EASY(WorkShare(7, 1, 2, 5))
    assert len(rows) == 5
    for row in rows:
        grid = Sudoku().encode(row.question)
        assert Sudoku().difficulty(grid) == row.rating
        assert Sudoku().solution(grid) == Sudoku().encode(row.answer)
        assert row.source.startswith("hrmkit-7-test-2-")


def test_difficulties() -> None:
    assert guesses_for("easy") < guesses_for("hard") == 108
    assert guesses_for("hard", 20) == 20
    for wrong in (-1, 201, float("nan")):
        with pytest.raises(UserError, match="out of reach"):
            guesses_for("hard", wrong)
    with pytest.raises(UserError, match="'tough' is not known: choose hard or easy"):
        guesses_for("tough")


def test_made_sudokus_have_the_blanks_asked_for() -> None:
    rows = make_sudokus_with_blanks(WorkShare(0, 0, 0, 120), 3, 6)
    counts = np.bincount([row.question.count(".") for row in rows], minlength=7)
    assert counts[:3].sum() == 0
    assert counts[3:].min() > 15
    assert counts[3:].sum() == 120
    for row in make_sudokus_with_blanks(WorkShare(0, 0, 0, 40), MOST_BLANKS, MOST_BLANKS):
        assert row.question.count(".") == MOST_BLANKS
        grid = Sudoku().encode(row.question)
        assert Sudoku().solution(grid) == Sudoku().encode(row.answer)
        assert Sudoku().difficulty(grid) == row.rating


def test_blanks_are_a_number_or_two() -> None:
    assert blanks_range("30", 50) == (30, 30)
    assert blanks_range(" 10 - 45", 50) == (10, 45)
    for wrong in ("", "0", "0-3", "51", "45-10", "10-", "ten", "-3", "1-2-3", "3.5"):
        with pytest.raises(UserError, match=f"blanks '{wrong}' are not possible: give a number"):
            blanks_range(wrong, 50)


def test_what_is_hard_in_several_orders_is_no_bad_luck_with_one() -> None:
    lucky, hard = (make_sudokus(WorkShare(5, 0, 0, 32), 6.0, orders) for orders in (1, 4))
    assert sum(row.rating for row in hard) >= 32 * 6

    def fewest(rows: list[Row]) -> float:
        grids = np.array([[int(cell) for cell in row.question.replace(".", "0")] for row in rows])
        return float(guesses_of(grids, np.random.default_rng(1), 8).mean())

    assert fewest(hard) > 1.3 * fewest(lucky)
    with pytest.raises(UserError, match="0 orders of the search are not possible: choose 1 to 16"):
        check_orders(0)


def test_neighbours_of_hard_puzzles_are_proper_and_as_hard_as_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hard.csv"
    save_puzzles(file, make_sudokus(WorkShare(5, 0, 0, 32), 3.0))
    seeds = seeds_of(str(file))
    shares = WorkShare(1, 0, 0, 20), WorkShare(1, 1, 0, 10)
    made = [make_sudokus_near(share, seeds, 3, 2) for share in shares]
    assert [len(rows) for rows in made] == [20, 10]
    theirs = {row["question"] for row in csv.DictReader(file.read_text().splitlines())}
    for row in (row for rows in made for row in rows):
        found = search(np.array([[int(cell) for cell in row.question.replace(".", "0")]]))
        assert (found.solutions[0], as_text(found.first[0].tolist())) == (1, row.answer)
        assert row.rating >= 3
        assert row.question not in theirs
    trained, tested = ({row.source.rsplit("-")[-1] for row in rows} for rows in made)
    assert not trained & tested, "neighbours of one puzzle are in both files"
    assert [row.question for row in made[0]] == [
        row.question for row in make_sudokus_near(shares[0], seeds, 3, 2)
    ]
    monkeypatch.setattr(near, "PATIENCE", 1)
    with pytest.raises(UserError, match="of 20 sudokus that need 200 guesses were found"):
        make_sudokus_near(shares[0], seeds, 200, 2)
    file.write_text("\n".join(file.read_text().splitlines()[:2]))
    with pytest.raises(UserError, match=r"have one answer \(1 in all\)"):
        seeds_of(str(file))
    head, row = file.read_text().splitlines()
    question = row.split(",")[1]
    file.write_text(f"{head}\n" + f"{row}\n" * 3)
    with pytest.raises(UserError, match=r"have one answer \(3 in all\)"):
        seeds_of(str(file))
    few = question[:60].translate(str.maketrans("123456789", "........."))
    file.write_text(f"question\n{few}{question[60:]}\n")
    with pytest.raises(UserError, match=r"puzzle 1 of .* has several solutions"):
        seeds_of(str(file))
    itself = CliRunner().invoke(app, ["data", "sudoku", "--near", str(file), "--out", str(file)])
    assert itself.exit_code == 2
    assert "cannot be read and written" in itself.output
    both = ("--near", str(file), "--blanks", "30")
    assert CliRunner().invoke(app, ["data", "sudoku", *both]).exit_code == 2


def test_puzzles_of_a_file_are_made_easier_by_clues_of_their_answers(tmp_path: Path) -> None:
    file, out = tmp_path / "hard.csv", tmp_path / "easier.csv"
    save_puzzles(file, make_sudokus(WorkShare(5, 0, 0, 32), 3.0))

    def rows_of(path: Path) -> list[dict[str, str]]:
        return list(csv.DictReader(path.read_text().splitlines()))

    hard, seeds = rows_of(file), seeds_of(str(file))
    parts = [make_easier_sudokus(WorkShare(1, part, 0, 40), seeds, 20, 64) for part in (0, 1)]
    for row in (row for rows in parts for row in rows):
        of = hard[int(row.source.rsplit("-")[-1])]
        assert row.answer == of["answer"]
        assert all(
            clue in (".", own) for clue, own in zip(of["question"], row.question, strict=True)
        )
        assert 20 <= row.question.count(".") <= of["question"].count(".")
        assert (
            search(np.array([[int(c) for c in row.question.replace(".", "0")]])).solutions[0] == 1
        )
    trained, tested = ({row.answer for row in rows} for rows in parts)
    assert not trained & tested, "a puzzle is in both files"
    assert len({row.question.count(".") for row in parts[0]}) > 10
    assert parts[0] == make_easier_sudokus(WorkShare(1, 0, 0, 40), seeds, 20, 64)

    def said(*arguments: str) -> tuple[int, str]:
        found = CliRunner().invoke(app, ["data", "sudoku", *arguments])
        return found.exit_code, found.output

    one = tmp_path / "one.csv"
    one.write_text("\n".join(file.read_text().splitlines()[:2]))
    assert said("--easier", str(one), "--blanks", "3-9", "--out", str(out))[0] == 0
    some = ("--count", "4", "--test-count", "2", "--out", str(out))
    assert said("--easier", str(file), "--blanks", "3", *some)[0] == 0
    assert [row["question"].count(".") for row in rows_of(out)] == [3] * 4
    for wrong, why in (
        (("--easier", str(file)), "--easier goes with --blanks"),
        (("--easier", str(file), "--near", str(file), "--blanks", "3"), "--near"),
        (("--easier", str(file), "--blanks", "65"), "a number from 1 to 64"),
        (("--easier", str(file), "--blanks", "9" * 5000), "a number from 1 to 64"),
        (
            ("--easier", str(file), "--blanks", "3", "--rating", "5"),
            "not with --near",
        ),
        (("--blanks", "3", "--orders", "4"), "--orders goes with --rating"),
        (("--blanks", "3", "--test-count", "-1"), "-1 puzzles cannot be made"),
        (
            ("--easier", str(file), "--blanks", "3", "--out", str(file)),
            "cannot be read and written",
        ),
        (("--easier", str(tmp_path / "none.csv"), "--blanks", "3"), "none.csv"),
    ):
        status, text = said(*wrong)
        assert (status, why in " ".join(text.split())) == (2, True), text


def test_what_was_made_before_a_share_failed_is_kept(tmp_path: Path) -> None:
    def work(share: WorkShare) -> list[Row]:
        if share.part:
            raise UserError("none is hard enough")
        return [Row(f"{share.number}{at}", "x", 1.0, "made") for at in range(share.count)]

    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    with pytest.raises(UserError, match=r"^none is hard enough; .*train.csv \(6\)$"):
        make(work, [(train, 6), (test, 2)], 0, 4, 1, silent)
    assert len(list(csv.DictReader(train.read_text().splitlines()))) == 6
    assert not test.exists()
    with pytest.raises(UserError, match=r"^none is hard enough$"):
        make(lambda share: work(replace(share, part=1)), [(tmp_path / "o.csv", 2)], 0, 4, 1, silent)


def test_somebodys_own_file_is_not_replaced(tmp_path: Path) -> None:
    for text in ("my survey question, notes\n", "question,answer\n1,2\n"):
        (tmp_path / "own.csv").write_text(text)
        with pytest.raises(UserError, match="is not a file of puzzles"):
            check_writable(tmp_path / "own.csv", 1)
    save_puzzles(tmp_path / "made.csv.gz", [Row("1", "2", 1.0, "made")])
    check_writable(tmp_path / "made.csv.gz", 1)


@pytest.mark.parametrize("side", [5, 8, 15, 30])
def test_newspaper_mazes_have_one_way_between_any_two_cells(side: int) -> None:
    maze = Maze(side)
    for row in newspaper.make_mazes(WorkShare(3, 0, 0, 20), side, newspaper.shortest_for(side)):
        grid = maze.encode(row.question)
        assert maze.flaw(grid) is None
        assert maze.difficulty(grid) == row.rating >= min(side, 5)
        assert maze.decode(maze.solution(grid) or ()) == row.answer
        free = np.array(list(row.question)).reshape(side, side) != "#"
        passages = (free[1:] & free[:-1]).sum() + (free[:, 1:] & free[:, :-1]).sum()
        assert passages == free.sum() - 1, "there is a circle, or a part out of reach"
        steps = distances(free[None], np.array([row.question.index("S")]))
        assert (steps[0] >= 0).sum() == free.sum(), "a part is out of reach"
        assert not free[0].any()
        assert not free[:, -1].any()


def test_it_is_said_that_there_are_few_different_ones(tmp_path: Path) -> None:
    command = ("data", "maze", "--style", "newspaper", "--side", "5", "--count", "200")
    result = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "few.csv")])
    assert result.exit_code == 0
    assert re.search(r"few\.csv: \d\d of 200 puzzles.*the others were made before", result.stdout)
    bad = CliRunner().invoke(app, ["data", "sudoku", "--orders", "17"])
    assert bad.exit_code == 2
    assert "17 orders of the search" in bad.stderr


def test_newspaper_mazes_that_cannot_be_made_are_refused() -> None:
    for side, shortest in ((4, None), (31, None), (8, 1), (8, 11)):
        with pytest.raises(UserError, match=f"of side {side}"):
            newspaper.shortest_for(side, shortest)


def test_made_mazes_have_long_paths_and_the_label_of_the_rule() -> None:
    maze = Maze(10)
    for row in make_mazes(WorkShare(3, 0, 0, 6), 10, 30):
        grid = maze.encode(row.question)
        assert maze.flaw(grid) is None
        assert maze.difficulty(grid) == row.rating >= 30
        assert maze.decode(maze.solution(grid) or ()) == row.answer
        assert row.source == "hrmkit-3-train-0"


def test_ends_are_drawn_as_if_among_all_free_cells() -> None:
    """The lengths are those of drawing S and G anywhere and keeping the long ones."""
    side, shortest = 8, 16
    made = [row.rating for row in make_mazes(WorkShare(0, 0, 0, 600), side, shortest)]
    rng = np.random.default_rng(0)
    free = rng.random((60_000, side, side)) >= rng.uniform(0.3, 0.5, (60_000, 1, 1))
    start, goal = (
        np.where(free.reshape(len(free), -1), rng.random((len(free), 64)), -1).argmax(1)
        for _ in range(2)
    )
    lengths = 1 + distances(free, start)[np.arange(len(free)), goal]
    drawn = lengths[lengths >= shortest]
    error = np.sqrt(np.var(made) / len(made) + np.var(drawn) / len(drawn))
    assert abs(np.mean(made) - drawn.mean()) < 4 * error
    assert len(drawn) > 100


def test_lengths_scale_with_the_side() -> None:
    assert (shortest_for(30), shortest_for(15), shortest_for(10)) == (110, 55, 37)
    assert shortest_for(10, 20) == 20
    for side, asked, said in ((7, None, "side 7"), (31, None, "side 31"), (10, 90, "90 cells")):
        with pytest.raises(UserError, match=said):
            shortest_for(side, asked)


@pytest.mark.parametrize("work", [EASY, MAZES])
def test_a_seed_makes_the_same_puzzles_in_one_process_and_in_two(
    work: partial[list[Row]], tmp_path: Path
) -> None:
    contents: list[list[bytes]] = []
    for processes in (1, 2):
        targets = [(tmp_path / f"{part}{processes}.csv", 8) for part in ("train", "test")]
        made, stopped = make(work, targets, 5, 4, processes, silent)
        assert not stopped
        assert [len(part.ratings) for part in made] == [8, 8]
        contents.append([path.read_bytes() for path, _ in targets])
    assert contents[0] == contents[1]
    assert contents[0][0] != contents[0][1]
    other = [(tmp_path / "other.csv", 8)]
    make(work, other, 6, 4, 1, silent)
    assert other[0][0].read_bytes() != contents[0][0]


def test_no_test_puzzle_has_an_ancestor_or_a_guise_in_training(tmp_path: Path) -> None:
    targets = [(tmp_path / "train.csv", 20), (tmp_path / "test.csv", 10)]
    make(EASY, targets, 0, 10, 1, silent)
    grids = [load_puzzles("sudoku", str(path)).rows for path, _ in targets]
    sources = [
        {line.split(",")[0] for line in path.read_text().splitlines()[1:]} for path, _ in targets
    ]
    assert not sources[0] & sources[1]
    for changes in ("given", "solution"):
        train, test = (
            set(as_grids(canonical(getattr(rows, changes) - 1, "digits"))) for rows in grids
        )
        assert not train & test


def test_a_question_that_is_there_already_is_left_out(tmp_path: Path) -> None:
    def work(share: WorkShare) -> list[Row]:
        return [Row(f"q{place}", "a", 1.0) for place in range(share.count)]

    made, _ = make(work, [(tmp_path / "a.csv", 5), (tmp_path / "b.csv", 7)], 0, 4, 1, silent)
    assert [(part.wanted, len(part.ratings)) for part in made] == [(5, 4)]


def test_shares_and_their_limits() -> None:
    shares = work_shares(0, [5, 2], 4)
    assert [(share.part, share.number, share.count) for share in shares] == [
        (0, 0, 4),
        (0, 1, 1),
        (1, 0, 2),
    ]
    first, second = (share.rng().random() for share in shares[:2])
    assert first != second
    for counts, seed, said in (([0], 0, "0 puzzles"), ([10**7], 0, "10000000"), ([1], -1, "-1")):
        with pytest.raises(UserError, match=said):
            work_shares(seed, counts, 4)


def test_files_that_cannot_be_written_are_refused_before_the_work(tmp_path: Path) -> None:
    def work(share: WorkShare) -> list[Row]:
        raise AssertionError

    same = tmp_path / "a.csv"
    (tmp_path / "file").touch()
    for targets, said in (
        ([(tmp_path / "a.txt", 1)], "end in .csv"),
        ([(tmp_path / "file" / "a.csv", 1)], "Not a directory"),
        ([(same, 1), (same, 1)], "cannot hold both"),
    ):
        with pytest.raises(UserError, match=said):
            make(work, targets, 0, 4, 1, silent)


def test_ctrl_c_keeps_what_was_made(tmp_path: Path) -> None:
    def work(share: WorkShare) -> list[Row]:
        if share.number == 2:
            raise KeyboardInterrupt
        return [Row(f"{share.number}", "a", 1.0)]

    made, stopped = make(work, [(tmp_path / "a.csv", 9)], 0, 1, 1, silent)
    assert stopped
    assert (len(made[0].ratings), made[0].wanted) == (2, 9)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3


def test_the_verb_makes_two_files_and_says_what_is_in_them(tmp_path: Path) -> None:
    said = subprocess.run(
        [
            *(sys.executable, "-m", "hrmkit", "data", "maze", "--side", "8", "--count", "6"),
            *("--out", "train.csv", "--test-count", "4", "--test-out", "test.csv.gz"),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=300,
    )
    assert "train.csv: 6 of 6 puzzles" in said.stdout
    assert "test.csv.gz: 4 of 4 puzzles" in said.stdout
    assert len(load_puzzles("maze", str(tmp_path / "test.csv.gz")).rows) == 4


CTRL_C = """
import os, signal
from functools import partial
from pathlib import Path
from hrmkit.puzzles.making import make
from hrmkit.puzzles.maze.hard import make_mazes

def press(what, done, of):
    if done >= 40:  # as a terminal does: to the whole group
        os.killpg(0, signal.SIGINT)

if __name__ == "__main__":
    # A shell that runs the tests in the background has them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    work = partial(make_mazes, side=8, shortest=16)
    made, stopped = make(work, [(Path("mazes.csv"), 100_000)], 0, 20, 2, press)
    print(stopped, made[0].wanted, len(made[0].ratings))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent another way there")
def test_ctrl_c_ends_the_processes_at_once_and_writes_what_is_complete(tmp_path: Path) -> None:
    (tmp_path / "pressed.py").write_text(CTRL_C)
    said = subprocess.run(
        [sys.executable, "pressed.py"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=120,
        start_new_session=True,
    )
    assert said.stdout.split() == ["True", "100000", "40"]
    assert said.stderr == ""
    assert len(load_puzzles("maze", str(tmp_path / "mazes.csv")).rows) == 40
