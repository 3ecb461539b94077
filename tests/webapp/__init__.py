"""Serving the web application, and building it with the package."""
