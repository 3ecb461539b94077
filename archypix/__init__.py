"""The Archypix photo library: domain, database, storage, REST API and command line."""

__version__ = "0.1.0"
