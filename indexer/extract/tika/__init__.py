"""The Tika server as a client: requests, XHTML answers, stack traces."""
