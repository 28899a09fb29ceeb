"""Who may ask the kiosk's web server."""
