"""Here the encoder is made: Whisper's checkpoint is read, cut and written as ONNX."""
