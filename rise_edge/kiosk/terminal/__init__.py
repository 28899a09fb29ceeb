"""The kiosk in a terminal."""
