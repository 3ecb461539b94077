"""Signed HTTP messages, RFC 9421 and draft-cavage-http-signatures-12, made and checked: no network, no database."""
