"""A PDF's pages: text layer, word boxes, pictures, and whether the text is fit to be used."""
