"""Long work in the background: queued, watched, cancelled, resumed; each job is a run of MLflow.

What can be asked of jobs is in `queue`.
"""
