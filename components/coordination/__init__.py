"""What regions share to act as one: locks, audit trail, failover records and alarms."""
