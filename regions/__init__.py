"""Where the platform runs: one YAML file a region, loaded and checked as a set."""
