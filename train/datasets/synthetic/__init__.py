"""Crops that are made: rendered people, sheets, inputs that show nobody."""
