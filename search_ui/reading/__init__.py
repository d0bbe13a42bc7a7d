"""Opening what was found: pages, cases, images, the state of the stock, the log."""
