"""A run's newest checkpoint in files of at most 15 MB, to carry it from one machine to the next.

    python bench/speedrun/shards.py split runs/NAME/run shards [--moments bfloat16]
    python bench/speedrun/shards.py join shards runs/NAME/run

What is left out are the states of the rows that are being thought about, nine tenths of a large
run's state: the run goes on with new puzzles in their place. So it ends with other bits than one
that was never carried, but loses no more than a batch of thoughts. Everything else is as it was,
but for the optimizer's moments where they are asked for in bfloat16: they are half of what is left.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import torch
from safetensors.torch import load_file, save_file
from safetensors.torch import save as serialized

from hrmkit.cli.script import run_script
from hrmkit.errors import UserError
from hrmkit.runs.folder import CHECKPOINTS, METRICS, RUN, STATE_TENSORS, RunFolder

SHARD_BYTES = 15_000_000
LIST = "shards.json"
CARRIES = ("rows/high/", "rows/low/")
SHAPES = "carries.json"
MOMENTS = "optimizer/"
DTYPES = "moments.json"


def split(
    run: Path,
    out: Path,
    shard_bytes: int = SHARD_BYTES,
    moments: torch.dtype = torch.float32,
) -> list[Path]:
    """Write the shards of a run's newest checkpoint and its metrics; returns them."""
    newest = RunFolder(run).newest()
    if newest is None:
        raise UserError(f"the run {run} has saved no checkpoint yet")
    content = packed(run, newest, moments)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shards: list[Path] = []
    for at in range(0, len(content), shard_bytes):
        shards.append(out / f"shard-{len(shards):03d}")
        shards[-1].write_bytes(content[at : at + shard_bytes])
    listed = {"shards": len(shards), "sha256": hashlib.sha256(content).hexdigest()}
    (out / LIST).write_text(json.dumps(listed) + "\n")
    return shards


def packed(run: Path, newest: Path, moments: torch.dtype) -> bytes:
    """The run with one checkpoint and without carries, as a zip."""
    tensors = load_file(newest / STATE_TENSORS)
    shapes = {
        name: [name_of(value.dtype), *value.shape]
        for name, value in tensors.items()
        if name.startswith(CARRIES)
    }
    kept = {k: v for k, v in tensors.items() if k not in shapes}
    # Not the numbers of steps, which are single numbers.
    narrowed = {k: v for k, v in kept.items() if k.startswith(MOMENTS) and v.ndim}
    kept |= {name: value.to(moments) for name, value in narrowed.items()}
    # Every row has halted, so each takes a new puzzle and a new carry.
    kept["rows/halted"] = torch.ones_like(kept["rows/halted"])
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name in (RUN, METRICS):
            archive.write(run / name, name)
        folder = f"{CHECKPOINTS}/{newest.name}"
        for path in sorted(newest.iterdir()):
            if path.name != STATE_TENSORS:
                archive.write(path, f"{folder}/{path.name}")
        archive.writestr(f"{folder}/{STATE_TENSORS}", serialized(kept))
        archive.writestr(f"{folder}/{SHAPES}", json.dumps(shapes))
        dtypes = {name: name_of(value.dtype) for name, value in narrowed.items()}
        archive.writestr(f"{folder}/{DTYPES}", json.dumps(dtypes))
    return target.getvalue()


def name_of(dtype: torch.dtype) -> str:
    """A type's name, as an attribute of torch."""
    return str(dtype).removeprefix("torch.")


def join(shards: Path, run: Path) -> Path:
    """Put a run together from its shards; returns its checkpoint's folder."""
    if run.exists():
        raise UserError(f"{run} is there already: name another folder, or move it away")
    try:
        listed = json.loads((shards / LIST).read_text())
        parts = [(shards / f"shard-{n:03d}").read_bytes() for n in range(listed["shards"])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{shards} is not a folder of whole shards: {error}") from None
    content = b"".join(parts)
    if hashlib.sha256(content).hexdigest() != listed["sha256"]:
        raise UserError(f"the shards in {shards} are damaged: their hash is another one")
    # A run is there or not, whatever happens: it gets its name when it is whole.
    run.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=run.parent) as making, ZipFile(io.BytesIO(content)) as archive:
        whole = Path(making) / run.name
        archive.extractall(whole)
        newest = refilled(whole)
        whole.rename(run)
    return run / newest.relative_to(whole)


def refilled(run: Path) -> Path:
    """Give a run's checkpoint the carries that `packed` left out; returns the checkpoint."""
    newest = RunFolder(run).newest()
    assert newest is not None  # `split` wrote one
    shapes, dtypes = (json.loads((newest / name).read_text()) for name in (SHAPES, DTYPES))
    for name in (SHAPES, DTYPES):
        (newest / name).unlink()
    tensors = load_file(newest / STATE_TENSORS)
    tensors |= {name: tensors[name].to(getattr(torch, dtype)) for name, dtype in dtypes.items()}
    carries = {
        name: torch.zeros(shape, dtype=getattr(torch, dtype))
        for name, (dtype, *shape) in shapes.items()
    }
    save_file(tensors | carries, newest / STATE_TENSORS)
    return newest


def main() -> None:
    """Split or join."""
    parser = argparse.ArgumentParser(description="A run's newest checkpoint in small files.")
    parser.add_argument("what", choices=("split", "join"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--moments", choices=("float32", "bfloat16"), default="float32")
    given = parser.parse_args()
    if given.what == "split":
        moments = getattr(torch, given.moments)
        shards = split(given.source, given.target, moments=moments)
        print(f"{len(shards)} shards, {sum(p.stat().st_size for p in shards) / 1e6:.1f} MB")
    else:
        print(join(given.source, given.target))


if __name__ == "__main__":
    run_script(main)
