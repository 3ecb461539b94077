"""Archypix: a self-hosted, federated photo library."""

import os

__version__ = "0.1.0"

# Nobody else's plugin has a say in how input is validated here, and looking for some would delay every command.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
