"""What watches the program: health, metrics, systemd."""
