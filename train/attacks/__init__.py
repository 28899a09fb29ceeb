"""Attacks that are made for one model: what it must withstand although everybody can read it."""
