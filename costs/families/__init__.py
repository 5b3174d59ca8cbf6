"""What each family of services costs: one module a family, found through costs/pricers.py."""
