"""The gate: who may call which route, how a request becomes a caller, and how an error becomes an answer."""
