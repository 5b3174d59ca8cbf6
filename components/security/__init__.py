"""Keys, secrets and who may use them."""
