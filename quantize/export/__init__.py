"""One network as ONNX and ExecuTorch files that give the same bits everywhere."""
