"""Grid tasks that are answered all at once. Know no model."""
