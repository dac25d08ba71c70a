"""Looks for other programs: their networks as ONNX and TorchScript, with what hosts need."""
