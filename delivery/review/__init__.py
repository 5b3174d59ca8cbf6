"""`wedops review`: what an edit would do to an environment's stacks, as one comment on its pull request."""
