"""The capture loop: from a camera to events."""
