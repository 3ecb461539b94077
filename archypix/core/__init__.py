"""What every room stands on: settings, errors, ids, clock, paging, database and runtime."""
