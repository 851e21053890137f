#!/bin/sh
# Install Debian's chromium where this account may; never ask for a password. Exit 1 where it can't be had.
set -eu
command -v apt-get >/dev/null || exit 1
if [ "$(id -u)" = 0 ]; then as_root=; else as_root='sudo -n'; fi
export DEBIAN_FRONTEND=noninteractive
echo "Cài trình duyệt Chromium để kiểm thử các trang…"
{
	$as_root apt-get update -q
	$as_root apt-get install -q -y --no-install-recommends chromium fonts-liberation
} >/dev/null
