"""One network from the averaged weights of several."""
