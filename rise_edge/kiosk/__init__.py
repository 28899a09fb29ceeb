"""The program at a door: the capture loop with pages, records and monitoring."""
