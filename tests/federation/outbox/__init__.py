"""Tests of the outbox and of delivery."""
