"""RealSense .bag recordings."""
