"""The local stand-in for Pulumi's `kubernetes` resource plugin: server-side apply to a real API server."""
