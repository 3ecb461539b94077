"""The journal: what people change, written down in the transaction that changes it, so that it can be undone."""
