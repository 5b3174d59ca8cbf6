"""The AWS API on loopback: moto's server, its state durable, its RDS clusters real PostgreSQL."""
