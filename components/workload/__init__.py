"""What runs in the namespace: Deployments, their autoscalers, jobs and configuration."""
