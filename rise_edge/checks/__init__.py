"""Checks before a model may judge: is this good evidence?"""
