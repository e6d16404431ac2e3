"""Base models, examples, fine-tuning, policies."""
