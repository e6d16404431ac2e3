"""What happens in a model's states while it thinks: measured, written as data, and drawn."""
