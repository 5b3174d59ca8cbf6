"""What must not be: the policy pack."""
