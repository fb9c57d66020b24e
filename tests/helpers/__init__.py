"""The tests share these helpers."""
