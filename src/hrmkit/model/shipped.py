"""Trained models that come with the package, by name: folders in `weights`, each with its card."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
CARD = "README.md"


def shipped() -> dict[str, Path]:
    """The folder of every model that comes with the package, by its name."""
    return {card.parent.name: card.parent for card in sorted(WEIGHTS.glob(f"*/{CARD}"))}
