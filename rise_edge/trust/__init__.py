"""Trust: whose bundles and site files a device takes. Needs the extra `trust`."""
