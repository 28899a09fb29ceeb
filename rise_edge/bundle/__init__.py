"""The model bundle: its files, its manifest and what its reports say."""
