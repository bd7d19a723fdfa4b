"""Template filters of carriers."""
