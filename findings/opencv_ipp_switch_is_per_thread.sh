#!/bin/sh
# OpenCV 5.0.0: cv2.ipp.setUseIPP(False) switches IPP off for the calling thread alone.
#
# cv2.setUseOptimized and cv2.ocl.setUseOpenCL are for the whole process; this one is not, and says
# nothing. OpenCV's own workers and every other thread go on with IPP, so that a large blur of one
# channel is done partly with it and partly without, and its last bits go by the number of threads.
# OPENCV_IPP=disabled in the environment, before OpenCV first looks, holds for all.
# Seen, on x86-64: useIPP() in the thread that switched it off, and in another; the same with the variable.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-python-headless==5.0.0.93 numpy==2.4.6
cd "$folder"
cat > ask.py <<'PY'
import threading

import cv2

cv2.ipp.setUseIPP(False)
found = [cv2.ipp.useIPP()]
other = threading.Thread(target=lambda: found.append(cv2.ipp.useIPP()))
other.start()
other.join()
print(*found)
PY
plain=$("$folder/venv/bin/python" ask.py)
disabled=$(OPENCV_IPP=disabled "$folder/venv/bin/python" ask.py 2>/dev/null)
echo "switched off: $plain; by the environment: $disabled"
[ "$plain" = "False True" ] || { echo "the behaviour has changed"; exit 1; }
[ "$disabled" = "False False" ] || { echo "the behaviour has changed"; exit 1; }
