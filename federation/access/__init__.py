"""Files of shared pictures: owners hand out addresses of their storage, holders' servers pass them to their people."""
