"""Where other servers post: checks while they wait, effects afterwards."""
