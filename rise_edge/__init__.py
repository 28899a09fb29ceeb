"""rise_edge: on-device face presentation attack detection from colour, depth and infrared."""
