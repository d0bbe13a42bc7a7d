"""From locked archives to a runnable OpenSearch and Tika: download, checksums, layout, the Java to run them."""
