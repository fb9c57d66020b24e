"""Functions of one's own: compiling them, and what is done when one fails."""
