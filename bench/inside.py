"""What `hrmkit inspect` found with several seeds, as a table: means, and the smallest and largest.

for seed in 0 1 2 3 4; do
  hrmkit inspect sudoku-wide --data dev.csv.gz --limit 200 --seed $seed --out wide-$seed
done
python bench/inside.py wide-0 wide-1 wide-2 wide-3 wide-4
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from hrmkit.cli.script import run_script
from hrmkit.errors import UserError
from hrmkit.experiments.inspect.report import SUMMARY
from hrmkit.experiments.markdown import table

OVER = (("cells", "cells"), ("cells_always", "cells, every call"), ("puzzles", "puzzles"))
GROUPS = (("convergence_solved", "solved"), ("convergence_unsolved", "not solved"))
READ = ("settings", "puzzles", "exactness", "dimensions", "twins", *(group for group, _ in GROUPS))


def summary_in(folder: Path) -> dict[str, Any]:
    """What was found in one go; `UserError` for a folder of something else."""
    try:
        found = json.loads((folder / SUMMARY).read_text())
        return {name: found[name] for name in READ}
    except (OSError, ValueError, TypeError, KeyError):
        raise UserError(f"{folder} is no folder that hrmkit inspect wrote") from None


def spread(values: Sequence[float | None], digits: int) -> str:
    """The mean, with the smallest and the largest in brackets."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    ends = f"{min(known):.{digits}f} to {max(known):.{digits}f}"
    return f"{fmean(known):.{digits}f} ({ends})"


def of(parts: Sequence[Any], module: str) -> Any:
    """The part of one module."""
    return next((part for part in parts if part["module"] == module), None)


def dimensions(runs: Sequence[Any], modules: Sequence[str]) -> str:
    """Participation ratios of the model and of the twins, and H's over L's."""
    weights: list[tuple[str, list[Any]]] = [("trained", [run["dimensions"] for run in runs])]
    twins = [twin["dimensions"] for run in runs for twin in run["twins"]]
    weights += [("untrained", twins)] if twins else []
    rows: list[list[str]] = []
    for name, found in weights:
        for field, over in OVER:
            columns = [[of(one, module)[field] for one in found] for module in modules]
            row = [spread(column, 1) for column in columns]
            if len(modules) == 2:
                row.append(spread([high / low for high, low in zip(*columns, strict=True)], 2))
            rows.append([name, over, *row])
    head = ["weights", "covariance over", *(f"PR of {one}" for one in modules)]
    return table([*head, "H / L"] if len(modules) == 2 else head, rows)


def convergence(runs: Sequence[Any], modules: Sequence[str]) -> str:
    """Residuals of solved puzzles and of others."""
    rows: list[list[str]] = []
    for group, name in GROUPS:
        for module in modules:
            found = [one for run in runs if (one := of(run[group], module))]
            columns = [("first", 3), ("last", 4), ("within_cycle", 2), ("at_reset", 2)]
            many = sum(one["puzzles"] for one in found)
            numbers = [spread([one[key] for one in found], digits) for key, digits in columns]
            rows.append([f"{name} ({many})", module, *numbers])
    head = ["puzzles", "state", "second call", "last call", "within a cycle, x"]
    return table([*head, "at the next cycle, x"], rows)


def main() -> None:
    """Print the tables of the folders that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="what hrmkit inspect wrote")
    given = parser.parse_args()
    runs = [summary_in(folder) for folder in given.folders]
    modules = [one["module"] for one in runs[0]["dimensions"]]
    seeds = ", ".join(str(run["settings"]["seed"]) for run in runs)
    exact = spread([run["exactness"]["by_segment"][-1]["share"] for run in runs], 3)
    print(f"Seeds {seeds}; {runs[0]['puzzles']} puzzles each; exact {exact}.\n")
    print(dimensions(runs, modules))
    print(convergence(runs, modules))


if __name__ == "__main__":
    run_script(main)
