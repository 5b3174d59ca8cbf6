"""`wedops bootstrap`: what an environment needs before its first `pulumi up`."""
