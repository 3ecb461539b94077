"""The roof: a server put together, from what its settings name to what answers and the loops beside it."""
