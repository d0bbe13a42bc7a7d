"""From a page to an image: which media types have pages, how they are rendered and encoded."""
