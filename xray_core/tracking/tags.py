"""The tags of a run that say where what it made is."""

BUNDLE = "kerley.bundle"
"""Folder of the bundle."""
BUNDLE_SHA256 = "kerley.bundle_sha256"
"""The bundle's hash, as its store trusts it."""
