"""Whom nobody here, or somebody here, does not want to hear: rules on servers, mutes, blocks, reports."""
