"""Classical models on a trained network's features: from a configuration to a bundle."""
