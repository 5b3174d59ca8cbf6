"""`wedops up`, `preview` and `destroy`: a change of one stack, looked at before it is made."""
