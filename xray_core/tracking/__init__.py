"""Every run in MLflow: what decided it, how it went, what came of it."""
