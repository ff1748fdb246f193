"""Bytes to `Radiograph`: decoding, limits, quality checks, geometry, phantoms."""
