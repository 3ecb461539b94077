"""Copies of received pictures: files of one's own, made where the owner allows it, that tell where they are from."""
