"""`wedops cost …`."""
