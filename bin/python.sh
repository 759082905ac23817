# Sourced: sets $python to a Python that can make the environment.
python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "ShopIQ needs Python 3.11 or newer; neither python3 nor python3.11 to python3.14 was found." >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "ShopIQ needs Python's venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
