"""Tiny, finite decision tasks. Know no model."""
