"""Here the encoder is made: CAM++'s checkpoint is read, cut and written as ONNX."""
