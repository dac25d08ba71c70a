"""Steadiness over time: optical flow, cuts, the temporal filter, warps to keyframes."""
