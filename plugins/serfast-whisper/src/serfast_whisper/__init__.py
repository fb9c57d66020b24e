"""Whisper's first layers as an embedding for serfast, and a model of seven emotions on it."""
