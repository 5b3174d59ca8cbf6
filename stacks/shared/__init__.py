"""The parts of an environment's global stack, in the order in which they need each other."""
