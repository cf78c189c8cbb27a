"""See, hear, read: video multimodal learning from an MP4 file to a prediction."""
