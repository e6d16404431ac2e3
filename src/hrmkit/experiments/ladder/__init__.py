"""The ladder: every wiring of the manual, trained with the same compute and measured."""
