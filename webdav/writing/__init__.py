"""What changes something on a drive: files put, folders made, moves, copies, deletions, properties, locks."""
