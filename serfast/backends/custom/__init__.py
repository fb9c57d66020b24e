"""Users' functions are compiled and called here, and their failures are reported."""
