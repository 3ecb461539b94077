"""Jobs: slow work as rows with a state, a next attempt and a lease."""
