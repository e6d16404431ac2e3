"""The model: parts, wires, presets. Knows no task."""
