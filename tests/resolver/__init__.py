"""Tests of the Resolver."""
