"""The web application: files that were built from `web/`, served to browsers."""
