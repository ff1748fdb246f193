"""What leaves the software as a file: PDF, CSV, JSON."""
