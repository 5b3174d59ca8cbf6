"""The namespace and its guard rails: quotas, network policies, priorities, access."""
