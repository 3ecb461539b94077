"""What Archypix stands on while it runs: data directory, locks, embedded PostgreSQL and Valkey, child processes."""
