"""`wedops drift`: what differs between an environment's stacks as they live and as the checkout says."""
