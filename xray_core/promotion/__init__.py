"""Who gives the opinions: bundles that come in, the gate to the champion's place, its record."""
