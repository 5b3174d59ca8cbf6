"""When an object counts as done: one function a kind over the live object, and one loop with a deadline."""
