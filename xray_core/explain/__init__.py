"""Why the model said so: one explainer per file, and how far to trust each."""
