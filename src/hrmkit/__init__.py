"""HRM Kit: Hierarchical Reasoning Models from parts, trained, recorded and shown."""

__version__ = "0.1.0"
