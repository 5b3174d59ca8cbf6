"""The parts of a region's stack, in the order in which they need each other."""
