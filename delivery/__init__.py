"""SHIPS: what happens to stacks around `pulumi up`."""
