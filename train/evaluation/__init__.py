"""What a trained model's errors are."""
