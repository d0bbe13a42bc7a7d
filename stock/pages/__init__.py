"""From paragraphs to drawn pages: letters, layout, fonts, rendering."""
