#!/usr/bin/env bash
# Renders icon.svg into the sizes and containers that the bundles want. Needs chromium, imagemagick and python3.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '<body style="margin:0"><img src="file://%s/icon.svg" style="display:block;width:1024px">' "$PWD" >"$work/icon.html"
chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
  --window-size=1024,1024 --screenshot="$work/1024.png" "file://$work/icon.html" >/dev/null 2>&1

png() { # pixels, file
  convert "$work/1024.png" -resize "$1x$1" -strip -define png:color-type=6 "$2"
}
png 32 32x32.png
png 128 128x128.png
png 256 128x128@2x.png
png 512 icon.png
for size in 16 24 32 48 64 256; do png "$size" "$work/ico-$size.png"; done
convert "$work"/ico-{16,24,32,48,64,256}.png icon.ico
for size in 16 32 64 128 256 512; do png "$size" "$work/icns-$size.png"; done
cp "$work/1024.png" "$work/icns-1024.png"

# An ICNS file is a header and one chunk per size; each chunk holds a PNG under the four letters of its size.
python3 - "$work" <<'PYTHON'
import pathlib, struct, sys
work = pathlib.Path(sys.argv[1])
kinds = [("icp4", 16), ("icp5", 32), ("icp6", 64), ("ic07", 128), ("ic08", 256), ("ic09", 512), ("ic10", 1024)]
chunks = b""
for kind, size in kinds:
    png = (work / f"icns-{size}.png").read_bytes()
    chunks += kind.encode() + struct.pack(">I", len(png) + 8) + png
pathlib.Path("icon.icns").write_bytes(b"icns" + struct.pack(">I", len(chunks) + 8) + chunks)
PYTHON
