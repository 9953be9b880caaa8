"""How messages reach out: a module for each kind of provider, and the one way to the network that all take."""
