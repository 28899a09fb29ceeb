"""What the kiosk serves over HTTP: who may ask, and the server in its thread."""
