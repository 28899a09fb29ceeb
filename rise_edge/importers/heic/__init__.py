"""Photographs of a phone with their depth."""
