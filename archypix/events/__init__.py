"""Events: what happened, told to the person's open pages and programs as it happens."""
