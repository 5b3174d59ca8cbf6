"""What an account has once: budgets, notifications, image repositories."""
