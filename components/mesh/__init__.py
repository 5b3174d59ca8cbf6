"""Istio: trust, gateways, routing and locality failover."""
