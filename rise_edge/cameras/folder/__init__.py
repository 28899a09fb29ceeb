"""A folder of images as a camera."""
