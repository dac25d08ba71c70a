"""What lies beyond a picture's borders: itself again, the other side of a pole, another face."""
