"""The epochs of a run, what it begins from and what it keeps."""
