"""`wedops override …`."""
