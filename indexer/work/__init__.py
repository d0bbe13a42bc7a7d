"""Who works on what: claims that hold between threads, processes and machines."""
