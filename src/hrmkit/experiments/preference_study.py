"""Measures learning from preferences beside learning from labels, over many seeds."""

from __future__ import annotations

from hrmkit.experiments.markdown import table
from hrmkit.experiments.record import PREFERENCES as CODE
from hrmkit.experiments.study import (
    COUNTS,
    FEW,
    MANY,
    NOISES,
    NOISY,
    SHOWN,
    WRITTEN,
    Cell,
    Plan,
    Study,
    conditions,
)
from hrmkit.recording.world.schema import Learn
from hrmkit.recording.world.settings import (
    WAYS,
    RunSpec,
    ablations_of,
    default_settings,
    rates_of,
)
from hrmkit.training.worlds.preferences import BETA, EPISODES
from hrmkit.worlds.definition import WorldDefinition

LEARN: Learn = "preferences"


class PreferenceStudy(Study):
    """Its cells: both ways to learn, by starts and by noise; rivals and frozen halves."""

    def __init__(self, world: WorldDefinition, seeds: int) -> None:
        super().__init__(world, seeds)
        plans = ablations_of(world, LEARN)
        self.wirings = (self.main, *(plan for plan in plans if plan.freeze == "none"))

    def cells(self) -> list[Cell]:
        """Every cell that the tables need, each once."""
        main, row = self.main, self.row
        wanted = [
            *(c for plan in self.wirings for c in row(plan, untrained=True)),
            *(c for way in WAYS for count in COUNTS for c in row(main, count, learn=way)),
            *(
                c
                for way in WAYS
                for noise in NOISES
                for count in NOISY
                for c in row(main, count, noise=noise, learn=way)
            ),
            *(
                c
                for plan in self.wirings[1:]
                for count in NOISY
                for c in row(plan, count, learn=LEARN)
            ),
            *(
                c
                for plan in self.frozen
                for count in (FEW, MANY)
                for c in row(plan, count, learn=LEARN)
            ),
        ]
        return list({cell.key(): cell for cell in wanted}.values())


def report(study: Study) -> str:
    """The tables, each with what it was measured on."""
    usual = default_settings(study.world.name, LEARN)
    rates = rates_of(study.main.preset, LEARN)
    return "\n".join(
        [
            f"{WRITTEN}{study.world.name} --learn preferences --seeds {len(study.seeds)} -->",
            conditions(study),
            f"From preferences: {EPISODES} episodes a start, beta {BETA:g}, {usual.passes} passes "
            f"and {rates.most} gradient steps at most, learning rates {rates.rate_heads:g} (heads "
            f"and guide) and {rates.rate_body:g} (body).\n",
            "### Starts\n",
            by_starts(study),
            "### Success beside labels\n",
            by_way(study),
            "### Preferences turned round, labels wrong (success)\n",
            by_noise(study),
            "### Success by wiring, from preferences\n",
            by_wiring(study),
        ]
    )


def by_starts(study: Study) -> str:
    """The main model, by the starts whose episodes it has been told about."""

    def shown(name: str, cells: list[Cell]) -> tuple[str, ...]:
        return (name, *(study.of(cells, what) for what in SHOWN))

    return table(
        ("starts", "success", "steps of a success", "order mistakes"),
        [
            shown("0 (base)", study.row(study.main, untrained=True)),
            *(shown(str(n), study.row(study.main, n, learn=LEARN)) for n in COUNTS),
        ],
    )


def by_way(study: Study) -> str:
    """Success by what is learned from."""
    return table(
        ("learns from", *map(str, COUNTS)),
        [
            (way, *(study.of(study.row(study.main, n, learn=way)) for n in COUNTS))
            for way in reversed(WAYS)
        ],
    )


def by_noise(study: Study) -> str:
    """Success by the share of lessons that noise has spoilt."""
    return table(
        ("noise", *(f"{n} {way}" for way in reversed(WAYS) for n in NOISY)),
        [
            (
                f"{noise:g}",
                *(
                    study.of(study.row(study.main, n, noise=noise, learn=way))
                    for way in reversed(WAYS)
                    for n in NOISY
                ),
            )
            for noise in NOISES
        ],
    )


def by_wiring(study: Study) -> str:
    """Success of the rivals, each on its own base's episodes, and of the frozen halves."""

    def shown(plan: RunSpec, counts: tuple[int, ...]) -> tuple[str, ...]:
        cells = {n: study.of(study.row(plan, n, learn=LEARN)) for n in counts}
        return (plan.name, *(cells.get(n, "") for n in NOISY))

    return table(
        ("wiring", *(f"{n} starts" for n in NOISY)),
        [
            *(shown(plan, NOISY) for plan in study.wirings),
            *(shown(plan, (FEW, MANY)) for plan in study.frozen),
        ],
    )


PREFERENCES = Plan(PreferenceStudy, report, code=(CODE,))
"""What preferences teach, beside labels."""
