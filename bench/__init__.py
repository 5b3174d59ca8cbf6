"""Measurements of speed and memory. They print figures and targets and are never tests: a machine may be busy."""
