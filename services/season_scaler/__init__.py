"""Keeps a region's autoscalers, databases and node groups at the season's plan: observe, decide, act."""
