"""Local actors: people, public collections and the server itself, as other servers see them."""
