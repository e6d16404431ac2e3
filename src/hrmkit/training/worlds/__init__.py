"""Models of worlds: base models, examples, fine-tuning, policies."""
