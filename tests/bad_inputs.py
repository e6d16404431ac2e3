"""Bad inputs, drawn at random over all verbs, and what the program makes of each.

Every draw takes a call that works and spoils it: a value that its option does not take, a file that
is missing, damaged, a folder, a pipe or a device, a puzzle that is none, a word too many. Whatever
it is, the program has to end in time, without a traceback, with a status that fits, and with one
sentence where that is 2.

    python tests/bad_inputs.py --count 1000 --seed 0
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

if __name__ == "__main__":  # before torch, and before anybody asks the network
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HEADLESS"] = "1"

from typer.testing import CliRunner

FOUR, ANSWER = "1...341221434321", "1234341221434321"
PUZZLES = ((FOUR, ANSWER), ("." + ANSWER[1:], ANSWER))
TASK = {"train": [{"input": [[3]], "output": [[4]]}], "test": [{"input": [[5]], "output": [[6]]}]}
MAZE = "S   ####\n       #\n# ##   #\n#  #   #\n#  #   #\n#      #\n#     G#\n########"
HUGE = str(10**30)
LONG = "x" * 5000

REFUSED = frozenset({2})
ANY = frozenset({0, 1, 2})
"""Where a draw may have left the input good, if odd."""


@dataclass(frozen=True)
class Case:
    """One call, and how it may end."""

    arguments: tuple[str, ...]
    statuses: frozenset[int]
    given: bytes = b""


@dataclass(frozen=True)
class Value:
    """A value to put in an option's place, and how the call may end then."""

    text: str
    statuses: frozenset[int] = REFUSED


Draw = Callable[["Place", random.Random], Value]


class Place:
    """A folder with everything that a good call needs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0
        with (folder / "four.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("question", "answer"), *PUZZLES])
        (folder / "task.json").write_text(json.dumps(TASK))
        (folder / "four.txt").write_text(FOUR)
        (folder / "maze.txt").write_text(MAZE)
        (folder / "bytes").write_bytes(random.Random(0).randbytes(3000))
        (folder / "empty").touch()
        (folder / "folder").mkdir()
        os.mkfifo(folder / "pipe")
        self.run("train", "sudoku", "--data", "four.csv", "--out", "run", *SMALL)
        self.run("train", "arc", "--data", "task.json", "--out", "arc", *SMALL_ARC)
        self.run("solve", "sudoku", FOUR, "--model", "run", "--record", "thought.hrm.json.gz")

    def run(self, *arguments: str) -> None:
        """A call that has to work."""
        result = CliRunner().invoke(program(), arguments)
        assert result.exit_code in (0, 1), (arguments, result.output, result.exception)

    def new(self, ending: str = "") -> str:
        """A name that nothing has yet."""
        self.made += 1
        return f"new-{self.made}{ending}"

    def copy(self, source: str) -> Path:
        """Something to spoil."""
        copied = Path(self.new(Path(source).suffix))
        if Path(source).is_dir():
            shutil.copytree(source, copied)
        else:
            shutil.copyfile(source, copied)
        return copied


def program() -> object:
    """The command line, loaded only now: see the top."""
    from hrmkit.cli import app

    return app


def one_of(*texts: str, statuses: frozenset[int] = REFUSED) -> Draw:
    """One of some values."""
    return lambda place, rng: Value(rng.choice(texts), statuses)


def whole(least: int, most: int | None = None) -> Draw:
    """What is no whole number in a range."""
    bad = [str(least - 1), "x", "1.5", "", "nan", f"-{HUGE}", "1e9", "--", "½"]
    bad += [HUGE, str(most + 1)] if most is not None else []
    draw = one_of(*bad)
    return draw if most is not None else either(draw, one_of(HUGE, statuses=ANY))


def real(*bad: str) -> Draw:
    """What is no real number in a range."""
    return one_of("x", "", "nan", "inf", "-inf", "1e999", "-1", *bad)


def either(*draws: Draw) -> Draw:
    """One of several kinds."""
    return lambda place, rng: rng.choice(draws)(place, rng)


NAMES = one_of("x", "", "AUTO", "tiny ", LONG, "\n", "é", "../..", "\udcff")
NOWHERE = one_of(
    "missing", "missing.csv", "", LONG, f"{LONG}.csv", "empty/x", "\udcff.csv", "a/b/c"
)
NO_FILE = either(NOWHERE, one_of("folder", "pipe", "/dev/null", "bytes", "empty", "owner/name"))
NO_TARGET = either(
    one_of("folder", "pipe", "/dev/full", "/proc/x.csv", "empty/x.csv", LONG, f"{LONG}.csv", "")
)


NO_FOLDER = one_of("empty", "pipe", "/dev/full", "/proc/x", "empty/x", LONG)


def damaged(source: str) -> Draw:
    """A copy of a file, or of a folder with one file in it, that something has happened to."""

    def draw(place: Place, rng: random.Random) -> Value:
        copied = place.copy(source)
        files = [copied] if copied.is_file() else [f for f in copied.rglob("*") if f.is_file()]
        spoil(rng.choice(sorted(files)), rng)
        return Value(str(copied), ANY)

    return draw


def spoil(file: Path, rng: random.Random) -> None:
    """Cut a file off, change its bytes or its JSON, or put something else in its place."""
    content = file.read_bytes()
    at = rng.randrange(len(content) + 1)
    ways: list[Callable[[], object]] = [
        lambda: file.write_bytes(content[:at]),
        lambda: file.write_bytes(content[:at] + rng.randbytes(5) + content[at + 5 :]),
        lambda: file.write_bytes(content[:at] + content[at + 3 :]),
        lambda: file.write_bytes(b""),
        lambda: file.write_bytes(b"[" * 50_000),
        lambda: (file.unlink(), file.mkdir()),
        lambda: (file.unlink(), os.mkfifo(file)),
        lambda: (file.unlink(), file.symlink_to(file.name)),
        file.unlink,
    ]
    if file.suffix == ".json":
        ways += [lambda: file.write_text(json.dumps(otherwise(json.loads(content), rng)))] * 6
    rng.choice(ways)()


ODD = (None, 5, -1, 1.5, "x", [], {}, [1, 2], True, 2**31, 10**30, "1" * 400, [[[]]], {"a": None})


def otherwise(content: object, rng: random.Random) -> object:
    """JSON with one value somewhere that is another one, or missing."""
    if isinstance(content, dict) and content and rng.random() < 0.9:
        key = rng.choice(sorted(content))
        if rng.random() < 0.15:
            return {name: value for name, value in content.items() if name != key}
        return content | {key: otherwise(content[key], rng)}
    if isinstance(content, list) and content and rng.random() < 0.7:
        at = rng.randrange(len(content))
        return [*content[:at], otherwise(content[at], rng), *content[at + 1 :]]
    return rng.choice(ODD)


def no_puzzle(place: Place, rng: random.Random) -> Value:
    """Text that is no 4x4 sudoku with an answer."""
    signs = "1234.\n 05x|-é\t,;\0"
    text = "".join(rng.choice(signs) for _ in range(rng.choice((1, 4, 15, 17, 40, 300))))
    if rng.random() < 0.5:
        return Value(text, ANY)
    return Value(rng.choice(("11" + FOUR[2:], FOUR[:-1], FOUR + ".", "q" * 16, "٣" + FOUR[1:])))


def setting(place: Place, rng: random.Random) -> Value:
    """A value for any setting of a training."""
    return Value(rng.choice(("x", "", "-1", "nan", "[", "{}", "[1]", '"', "none", HUGE, "\udcff")))


SIZES = ("--sizes.width", "8", "--sizes.heads", "1", "--sizes.inner", "8", "--sizes.blocks", "1")
SMALL = (*SIZES, "--wiring.segments", "2", "--batch", "2", "--steps", "1", "--track", "none")
SMALL_ARC = (*SMALL, "--preset", "tiny-attention", "--recipe.views", "2")


@dataclass(frozen=True)
class Verb:
    """A call that works, by parts, and how each part can be spoiled."""

    words: tuple[str, ...]
    parts: dict[str, tuple[str, Draw]]
    """Options, or numbers of words, with a good value and what is not."""
    bare: tuple[str, ...] = ()
    """More of the good call."""
    dear: bool = False
    """Whether the good call takes long: what is spoiled is always refused."""


ALWAYS = (
    *("--out", "--model", "--data", "--steps"),
    *("--count", "--test-count", "--test-out", "--blanks"),
)
"""Options of every call, where the verb has them."""
DEVICE = ("cpu", one_of("tpu", "", "CPU", LONG))
SEED = ("3", whole(0, 2**53 - 1))
SOLVE = {
    "2": (FOUR, either(no_puzzle, no_puzzle, damaged("four.txt"))),
    "--model": ("run", either(NOWHERE, damaged("run"), damaged("run"), one_of("folder", "bytes"))),
    "--segments": ("2", whole(1, 1000)),
    "--halt-threshold": ("0.6", real("0.4", "1", "2")),
    "--views": ("2", whole(1, 1000)),
    "--device": DEVICE,
    "--record": ("new.hrm.json.gz", NO_TARGET),
}
EVAL = {
    "1": ("run", either(NOWHERE, damaged("run"), damaged("run"), one_of("folder", "pipe"))),
    "--data": ("four.csv", either(NO_FILE, damaged("four.csv"))),
    "--puzzle": ("sudoku", NAMES),
    "--limit": ("2", whole(1)),
    "--batch": ("2", whole(1, 2**20)),
    "--segments": ("2", whole(1, 1000)),
    "--halt-threshold": ("0.6", real("0.4", "1", "2")),
    "--vote": ("2", whole(1, 1000)),
    "--starts": ("2", whole(1, 1000)),
    "--choose": ("q", NAMES),
    "--noise": ("0.1", real()),
    "--seed": SEED,
    "--device": DEVICE,
}
TRAIN = {
    "1": ("sudoku", either(NAMES, one_of("maze", "chess", "x.py:Y", ":", "x.py:"))),
    "--data": ("four.csv", either(NO_FILE, damaged("four.csv"))),
    "--test": ("four.csv", either(NO_FILE, damaged("four.csv"))),
    "--preset": ("tiny", either(NAMES, one_of("keydoor"))),
    "--steps": ("1", whole(1, 2**53)),
    "--minutes": ("1", real("0")),
    "--batch": ("2", whole(1, 2**20)),
    "--seed": SEED,
    "--threads": ("1", whole(1, 1024)),
    "--evaluate-steps": ("5", whole(1)),
    "--save-steps": ("5", whole(1)),
    "--keep": ("2", whole(1)),
    "--test-puzzles": ("2", whole(1)),
    "--track": ("none", NAMES),
    "--device": DEVICE,
    **{
        f"--{name}": (good, setting)
        for name, good in (
            *(("wiring.cycles", "1"), ("wiring.mixing", "tokens"), ("wiring.modules", "1")),
            *(("sizes.width", "8"), ("sizes.blocks", "1"), ("recipe.lr", "1e-3")),
            *(("recipe.betas", "[0.9, 0.95]"), ("recipe.optimizer", "adamw")),
            *(("recipe.warm_up", "1"), ("recipe.ema_decay", "0.5"), ("recipe.starts", "1")),
            *(("recipe.curriculum", "[[0.5, 1, 1]]"), ("recipe.loss", "softmax")),
        )
    },
}
DATA = {
    "--out": ("new.csv", either(NO_TARGET, one_of("x", "x.txt"))),
    "--count": ("2", whole(1, 1_000_000)),
    "--seed": SEED,
    "--test-count": ("1", whole(1, 1_000_000)),
    "--test-out": ("new-too.csv", either(NO_TARGET, one_of("x.json"))),
}
RECORD = {
    "1": ("key-door", NAMES),
    "--out": ("new.hrm.json.gz", NO_TARGET),
    "--examples": ("1", whole(1, 50)),
    "--noise": ("0.1", real("0.6")),
    "--distractors": ("0.1", real("0.6")),
    "--passes": ("1", whole(1, 10)),
    "--batch": ("1", whole(1, 4)),
    "--seed": ("1", whole(0, 2**32 - 1)),
    "--base-seed": ("1", whole(0, 2**32 - 1)),
    "--tiles": ("3", whole(3, 9)),
    "--freeze": ("none", NAMES),
    "--seeds": ("1", whole(1, 20)),
}
PORT = ("8477", whole(0, 65535))
RECORDING = either(NOWHERE, one_of("pipe", "/dev/null"))
VERBS = (
    Verb(("describe",), {"1": ("tiny", either(NAMES, one_of("step-10", "step-", "step--1")))}),
    Verb(
        ("data", "sudoku"),
        {**DATA, "--blanks": ("5", one_of("x", "", "-1", "82", "9-3", "1-", "½", HUGE, "1-99"))},
    ),
    Verb(
        ("data", "sudoku"),
        {"--difficulty": ("easy", NAMES), "--rating": ("1", real("201"))},
        (),
        True,
    ),
    Verb(
        ("data", "maze"),
        {**DATA, "--side": ("8", whole(8, 30)), "--shortest": ("5", whole(1, 900))},
    ),
    Verb(("solve", "sudoku"), SOLVE),
    Verb(("solve", "sudoku"), {**SOLVE, "2": ("four.txt", NO_FILE)}, ("--json",)),
    Verb(("solve",), {"1": ("sudoku", either(NAMES, one_of("maze", "arc", "chess"))), **SOLVE}),
    Verb(
        ("solve", "arc"),
        {
            "2": ("task", either(NAMES, damaged("task.json"), one_of("missing.json"))),
            "--model": ("arc", either(NOWHERE, damaged("arc"), one_of("run"))),
        },
    ),
    Verb(("eval",), EVAL),
    Verb(
        ("eval",),
        {
            "1": ("arc", either(NOWHERE, damaged("arc"), one_of("run"))),
            "--data": ("task.json", either(NO_FILE, damaged("task.json"))),
            "--submission": ("new.json", NO_TARGET),
            "--vote": ("1", whole(1)),
            "--limit": ("1", whole(1)),
        },
    ),
    Verb(("train",), TRAIN, (*SIZES, "--wiring.segments", "2")),
    Verb(
        ("train", "arc"),
        {"--data": ("task.json", either(NO_FILE, damaged("task.json")))},
        SMALL_ARC,
    ),
    Verb(("train", "sudoku"), {"--out": ("new", NO_FOLDER)}, ("--data", "four.csv", *SMALL)),
    Verb(
        ("train", "sudoku"),
        {"--out": ("run", either(damaged("run"), NOWHERE))},
        ("--resume", "--steps", "2"),
    ),
    Verb(
        ("train", "sudoku"),
        {"--from": ("run", either(damaged("run"), NOWHERE, one_of("arc")))},
        ("--data", "four.csv", *SMALL),
    ),
    Verb(("record",), RECORD, (), True),
    Verb(
        ("study",),
        {"1": ("key-door", NAMES), "--out": ("x.md", NO_TARGET), "--seeds": ("1", whole(1, 20))},
        (),
        True,
    ),
    Verb(
        ("ladder",),
        {
            "--seeds": ("1", whole(1, 20)),
            "--steps": ("1", one_of("", "x", "0", "10", "1,", "1-3", HUGE, "½")),
            "--out": ("new", NO_FOLDER),
        },
        (),
        True,
    ),
    Verb(("studio",), {"1": ("thought.hrm.json.gz", RECORDING), "--port": PORT}, (), True),
    Verb(("studio",), {"1": ("run", one_of("folder")), "--port": PORT}, (), True),
    Verb(
        ("play",),
        {"1": ("thought.hrm.json.gz", either(RECORDING, one_of("folder"))), "--port": PORT},
        (),
        True,
    ),
    Verb(
        ("site",),
        {
            "1": ("thought.hrm.json.gz", either(RECORDING, one_of("folder"))),
            "--out": ("new", either(NO_FOLDER, one_of("."))),
        },
        (),
        True,
    ),
)


def drawn(place: Place, rng: random.Random) -> Case:
    """One spoiled call."""
    verb = rng.choice(VERBS)
    spoiled = rng.choice(sorted(verb.parts)) if rng.random() < 0.93 else None
    values: dict[str, str] = {}
    statuses = ANY if spoiled is None else REFUSED
    for name, (good, draw) in verb.parts.items():
        if name == spoiled:
            value = draw(place, rng)
            values[name], statuses = value.text, value.statuses
        elif name.isdigit() or name in ALWAYS or rng.random() < 0.3:
            values[name] = place.new(good[3:]) if good.startswith("new") else good
    arguments = list(verb.words)
    for name in sorted((name for name in values if name.isdigit()), key=int):
        arguments.append(values.pop(name))
    arguments += verb.bare  # first: what is given again counts
    for name, value in values.items():
        arguments += [f"{name}={value}"] if value.startswith("-") else [name, value]
    if spoiled is None:
        words = ("--frobnicate", "-x", "--=") if verb.dear else ("--frobnicate", "--out", "-", "--")
        arguments.insert(rng.randrange(len(verb.words), len(arguments) + 1), rng.choice(words))
        statuses = REFUSED if verb.dear else ANY
    if "maze" in arguments and verb.words == ("solve",):
        statuses = ANY
    return Case(tuple(arguments), statuses)


def typed(place: Place, rng: random.Random) -> Case:
    """Puzzles on the standard input, good ones and others."""
    lines: list[bytes] = []
    for _ in range(rng.randrange(6)):
        text = rng.choice((FOUR, no_puzzle(place, rng).text, "", "#", FOUR[:9]))
        lines.append(
            text.encode(errors="surrogateescape") if rng.random() < 0.8 else rng.randbytes(20)
        )
    given = b"\n".join(lines)
    how = rng.choice(((), ("-",), ("--json",)))
    return Case(("solve", "sudoku", *how, "--model", "run"), ANY, given)


def cases(place: Place, seed: int, count: int) -> Iterator[Case]:
    """So many of them, the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield typed(place, rng) if rng.random() < 0.05 else drawn(place, rng)


class Hang(BaseException):
    """It takes too long."""


@contextmanager
def limited(seconds: float) -> Generator[None]:
    """Raise `Hang` inside when the time is over."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fault_of(case: Case, seconds: float) -> str | None:
    """What is wrong with how a call in this process ends; None if nothing is."""
    try:
        with limited(seconds):
            result = CliRunner().invoke(program(), case.arguments, input=case.given)
    except Hang:
        return f"hangs: more than {seconds:.0f} s"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        where = traceback.extract_tb(result.exception.__traceback__)[-1]
        said = f"{type(result.exception).__name__}: {result.exception}"
        return f"traceback: {said[:200]} ({Path(where.filename).name}:{where.lineno})"
    if result.exit_code not in case.statuses:
        return f"status {result.exit_code}, not {sorted(case.statuses)}: {result.output[-300:]!r}"
    errors = [line for line in result.stderr.splitlines() if line.lower().startswith("error: ")]
    told = errors or ('"error": ' in result.stdout and "--json" in case.arguments)
    if result.exit_code == 2 and not told:
        return f"status 2 and no sentence: {result.stderr[-300:]!r}"
    if any(len(line) > 2000 for line in errors):
        return f"a sentence of {len(errors[0])} characters: {errors[0][:200]!r}"
    return None


SURROUNDINGS = ("", "</dev/null", "<&-", ">/dev/full", ">&-", "2>/dev/full", "2>&-", "<&- >&- 2>&-")


def real_fault_of(case: Case, rng: random.Random, seconds: float) -> str | None:
    """The same of a process of its own, in surroundings that may be odd, too, or with a Ctrl-C."""
    around = rng.choice(SURROUNDINGS)
    interrupted = rng.random() < 0.3
    began = time.monotonic()
    with subprocess.Popen(
        ["sh", "-c", f'exec "$@" {around}', "sh", sys.executable, "-m", "hrmkit", *case.arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        if interrupted:
            time.sleep(rng.uniform(1, 4))
            process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(case.given, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"hangs ({around}): more than {time.monotonic() - began:.0f} s"
    if b"Traceback" in err or b"Traceback" in out:
        return f"traceback ({around}, Ctrl-C: {interrupted}): {err[-300:]!r}"
    # At its very end, Python no longer hears Ctrl-C; a shell makes 130 of that, too.
    allowed = case.statuses | {2} | ({0, 1, 130, -signal.SIGINT} if interrupted else set())
    if process.returncode not in allowed:
        return f"status {process.returncode} ({around}), not {sorted(allowed)}: {err[-300:]!r}"
    return None


def main() -> int:
    """Draw, call, and report; the status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="Call hrmkit with bad inputs, drawn at random.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10.0, help="that a call may take")
    parser.add_argument("--real", type=float, default=0.03, help="share in processes of their own")
    parser.add_argument("--verbose", action="store_true", help="show every call")
    given = parser.parse_args()
    began, faults, statuses = time.monotonic(), 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["HRMKIT_DATA"] = f"{folder}/data"
        place, rng = Place(Path(folder)), random.Random(given.seed)
        for number, case in enumerate(cases(place, given.seed, given.count)):
            if given.verbose:
                print(number, case.arguments, flush=True)
            alone = rng.random() < given.real and not any("\0" in word for word in case.arguments)
            # A process has to load PyTorch first.
            fault = (
                real_fault_of(case, rng, given.seconds + 30)
                if alone
                else fault_of(case, given.seconds)
            )
            statuses["process" if alone else "here"] += 1
            if fault:
                faults += 1
                words = [word if len(word) < 100 else f"{word[:20]}..." for word in case.arguments]
                print(f"{number}: {words}\n    {fault}", flush=True)
        os.chdir("/")
    print(
        f"{given.count} calls ({statuses['process']} of them processes), {faults} of them wrong; "
        f"seed {given.seed}, {time.monotonic() - began:.0f} s"
    )
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
