"""Folders and archives of films as tables, patients and their splits, and public samples."""
