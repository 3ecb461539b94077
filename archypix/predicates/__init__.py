"""Conditions on pictures: a typed tree, its JSON, a query language, and the SQL that asks them."""
