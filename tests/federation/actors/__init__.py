"""Tests of local actors."""
