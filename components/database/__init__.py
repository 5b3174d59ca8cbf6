"""Aurora PostgreSQL: global clusters, regional members, pooling, alarms, exports."""
