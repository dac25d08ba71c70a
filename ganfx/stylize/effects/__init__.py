"""Effects laid over the network's output, one file each."""
