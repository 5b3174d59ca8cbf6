"""`wedops freeze …`."""
