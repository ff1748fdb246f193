"""The command line; one file for each command."""

from xray_core.cli.app import main

__all__ = ["main"]
