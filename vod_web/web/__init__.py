"""What pages and API share of HTTP: rendering, forms, errors, headers, and who is asking."""
