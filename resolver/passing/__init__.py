"""Requests for people, passed on to where they live, and answers that are kept for when nobody answers there."""
