"""Recognition of rendered pages."""
