"""Training of the segmenter that finds the lungs: from masks that people drew to a bundle."""
