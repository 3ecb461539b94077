"""The domain itself among other servers: its keys, and the actor that it shows."""
