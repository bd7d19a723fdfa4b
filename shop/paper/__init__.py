"""From values to paper: typst templates, fonts that travel with us, signatures as vector paths.

`compiler` renders, `documents` says which JSON each template wants, `glyphs` tells what cannot be
printed, `signature` reads pen strokes. What a document says is decided where it is made.
"""
