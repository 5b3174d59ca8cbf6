"""`wedops season …`."""
